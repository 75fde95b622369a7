#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

enum { kMostTokens = 16 };

// What a batch works on, made before the clock starts.
typedef struct {
  gss_buffer_desc message, mic;
  gss_buffer_desc tokens[kMostTokens];
  uint32_t token_count;
  uint8_t* scratch;  // where the token is copied before gss_unwrap
} Material;

static bool MakeTokens(const Pair* pair, const MessageBatch* batch, Material* material,
                       Failure* failure) {
  // Several, so that not always the same bytes are in the cache; fewer of the large ones.
  material->token_count = batch->size > 65536 ? 4 : kMostTokens;
  for (uint32_t i = 0; i < material->token_count; i++) {
    OM_uint32 minor;
    int sealed;
    OM_uint32 major = gss_wrap(&minor, pair->initiator, batch->confidential, GSS_C_QOP_DEFAULT,
                               &material->message, &sealed, &material->tokens[i]);
    if (!Good(failure, "gss_wrap", major, minor)) return false;
  }
  material->scratch = malloc(material->tokens[0].length);
  return true;
}

static bool MakeMic(const Pair* pair, Material* material, Failure* failure) {
  OM_uint32 minor;
  OM_uint32 major =
      gss_get_mic(&minor, pair->initiator, GSS_C_QOP_DEFAULT, &material->message, &material->mic);
  return Good(failure, "gss_get_mic", major, minor);
}

static bool Prepare(const Pair* pair, const MessageBatch* batch, Material* material,
                    Failure* failure) {
  memset(material, 0, sizeof *material);
  material->message.length = batch->size;
  material->message.value = malloc(batch->size + 1);
  memset(material->message.value, 0x5a, batch->size);
  if (batch->operation == kUnwrap) return MakeTokens(pair, batch, material, failure);
  if (batch->operation == kVerifyMic) return MakeMic(pair, material, failure);
  return true;
}

static void Discard(Material* material) {
  OM_uint32 minor;
  for (uint32_t i = 0; i < material->token_count; i++) {
    gss_release_buffer(&minor, &material->tokens[i]);
  }
  gss_release_buffer(&minor, &material->mic);
  free(material->scratch);
  free(material->message.value);
}

static bool Wrap(const Pair* pair, const MessageBatch* batch, Material* material,
                 Failure* failure) {
  OM_uint32 major, minor;
  gss_buffer_desc token;
  int sealed;
  for (uint32_t i = 0; i < batch->iterations; i++) {
    major = gss_wrap(&minor, pair->initiator, batch->confidential, GSS_C_QOP_DEFAULT,
                     &material->message, &sealed, &token);
    if (!Good(failure, "gss_wrap", major, minor)) return false;
    gss_release_buffer(&minor, &token);
  }
  return true;
}

// MIT's gss_unwrap writes into its input, so whoever wants to keep a token copies it first.
static bool Unwrap(const Pair* pair, const MessageBatch* batch, Material* material,
                   Failure* failure) {
  OM_uint32 major, minor;
  gss_buffer_desc message;
  int sealed;
  for (uint32_t i = 0; i < batch->iterations; i++) {
    const gss_buffer_desc* token = &material->tokens[i % material->token_count];
    gss_buffer_desc copy = {token->length, material->scratch};
    memcpy(copy.value, token->value, token->length);
    major = gss_unwrap(&minor, pair->acceptor, &copy, &message, &sealed, NULL);
    if (!Good(failure, "gss_unwrap", major, minor)) return false;
    gss_release_buffer(&minor, &message);
  }
  return true;
}

static bool GetMic(const Pair* pair, const MessageBatch* batch, Material* material,
                   Failure* failure) {
  OM_uint32 major, minor;
  gss_buffer_desc mic;
  for (uint32_t i = 0; i < batch->iterations; i++) {
    major = gss_get_mic(&minor, pair->initiator, GSS_C_QOP_DEFAULT, &material->message, &mic);
    if (!Good(failure, "gss_get_mic", major, minor)) return false;
    gss_release_buffer(&minor, &mic);
  }
  return true;
}

static bool VerifyMic(const Pair* pair, const MessageBatch* batch, Material* material,
                      Failure* failure) {
  OM_uint32 major, minor;
  for (uint32_t i = 0; i < batch->iterations; i++) {
    major = gss_verify_mic(&minor, pair->acceptor, &material->message, &material->mic, NULL);
    if (!Good(failure, "gss_verify_mic", major, minor)) return false;
  }
  return true;
}

typedef bool (*Loop)(const Pair*, const MessageBatch*, Material*, Failure*);
static const Loop kLoops[] = {Wrap, Unwrap, GetMic, VerifyMic};

bool RunMessages(const Pair* pair, const MessageBatch* batch, double* elapsed, Failure* failure) {
  Material material;
  bool good = Prepare(pair, batch, &material, failure);
  if (good) {
    double start = Now(batch->clock);
    good = kLoops[batch->operation](pair, batch, &material, failure);
    *elapsed = Now(batch->clock) - start;
  }
  Discard(&material);
  return good;
}
