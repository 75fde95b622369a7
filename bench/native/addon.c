// The Node-API face of the C contender. Arguments come from bench/ alone and are positional
// numbers, so they are not checked; what GSSAPI says does become an Error.
#include <dlfcn.h>
#include <node_api.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "handshakes.h"
#include "held.h"
#include "messages.h"
#include "spin.h"

enum { kMostArguments = 5 };

// One per process: the runner measures on its main thread only.
static Party party;
static Pair pair;

static napi_value Throw(napi_env env, const Failure* failure) {
  gss_buffer_desc major = GSS_C_EMPTY_BUFFER, minor = GSS_C_EMPTY_BUFFER;
  OM_uint32 ignored, more = 0;
  char text[1024];
  gss_display_status(&ignored, failure->major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &major);
  more = 0;
  gss_display_status(&ignored, failure->minor, GSS_C_MECH_CODE, (gss_OID)gss_mech_krb5, &more,
                     &minor);
  snprintf(text, sizeof text, "%s: %.*s / %.*s", failure->call, (int)major.length,
           (char*)major.value, (int)minor.length, (char*)minor.value);
  gss_release_buffer(&ignored, &major);
  gss_release_buffer(&ignored, &minor);
  napi_throw_error(env, NULL, text);
  return NULL;
}

static napi_value Number(napi_env env, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  return value;
}

static void Numbers(napi_env env, napi_callback_info info, uint32_t* numbers) {
  napi_value values[kMostArguments];
  size_t count = kMostArguments;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  for (size_t i = 0; i < count; i++) napi_get_value_uint32(env, values[i], &numbers[i]);
}

static clockid_t ClockOf(uint32_t wall) { return wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID; }

// open(service): credentials, and the pair that the messages run over.
static napi_value JsOpen(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t count = 1;
  char service[512];
  Failure failure = {NULL, 0, 0};
  napi_get_cb_info(env, info, &count, &value, NULL, NULL);
  napi_get_value_string_utf8(env, value, service, sizeof service, NULL);
  if (!OpenParty(service, &party, &failure)) return Throw(env, &failure);
  if (!Establish(&party, FLAGS_MESSAGES, &pair, &failure)) return Throw(env, &failure);
  return NULL;
}

// messages(operation, size, confidential, iterations, wall) -> ns
static napi_value JsMessages(napi_env env, napi_callback_info info) {
  uint32_t numbers[kMostArguments] = {0};
  Failure failure = {NULL, 0, 0};
  double elapsed = 0;
  Numbers(env, info, numbers);
  MessageBatch batch = {(Operation)numbers[0], numbers[1], numbers[2] != 0, numbers[3],
                        ClockOf(numbers[4])};
  if (!RunMessages(&pair, &batch, &elapsed, &failure)) return Throw(env, &failure);
  return Number(env, elapsed);
}

// handshakes(count, credentials, threads, wall) -> ns
static napi_value JsHandshakes(napi_env env, napi_callback_info info) {
  uint32_t numbers[kMostArguments] = {0};
  Failure failure = {NULL, 0, 0};
  double elapsed = 0;
  Numbers(env, info, numbers);
  HandshakeBatch batch = {numbers[0], (Credentials)numbers[1], numbers[2], ClockOf(numbers[3])};
  if (!RunHandshakes(&party, &batch, &elapsed, &failure)) return Throw(env, &failure);
  return Number(env, elapsed);
}

// hold(count): that many established pairs, kept
static napi_value JsHold(napi_env env, napi_callback_info info) {
  uint32_t numbers[kMostArguments] = {0};
  Failure failure = {NULL, 0, 0};
  Numbers(env, info, numbers);
  if (!Hold(&party, numbers[0], &failure)) return Throw(env, &failure);
  return NULL;
}

// spin(count, threads) -> ns
static napi_value JsSpin(napi_env env, napi_callback_info info) {
  uint32_t numbers[kMostArguments] = {0};
  Numbers(env, info, numbers);
  return Number(env, Spin(numbers[0], numbers[1]));
}

// threadCpu() -> ns of CPU time that the calling thread has used
static napi_value JsThreadCpu(napi_env env, napi_callback_info info) {
  (void)info;
  return Number(env, ThreadCpu());
}

// encryptionType() -> RFC 3961 number of the session key
static napi_value JsEncryptionType(napi_env env, napi_callback_info info) {
  gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
  OM_uint32 minor;
  double type = 0;
  (void)info;
  gss_inquire_sec_context_by_oid(&minor, pair.initiator, GSS_C_INQ_SSPI_SESSION_KEY, &set);
  if (set && set->count > 1) {  // the second element is an OID whose last arc is the type
    const gss_buffer_desc* oid = &set->elements[1];
    type = ((const uint8_t*)oid->value)[oid->length - 1];
  }
  gss_release_buffer_set(&minor, &set);
  return Number(env, type);
}

// libraryPath() -> the file whose gss_wrap is measured here
static napi_value JsLibraryPath(napi_env env, napi_callback_info info) {
  Dl_info found;
  napi_value value;
  (void)info;
  if (!dladdr((void*)gss_wrap, &found)) found.dli_fname = "";
  napi_create_string_utf8(env, found.dli_fname, NAPI_AUTO_LENGTH, &value);
  return value;
}

static void Export(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  Export(env, exports, "open", JsOpen);
  Export(env, exports, "messages", JsMessages);
  Export(env, exports, "handshakes", JsHandshakes);
  Export(env, exports, "hold", JsHold);
  Export(env, exports, "spin", JsSpin);
  Export(env, exports, "threadCpu", JsThreadCpu);
  Export(env, exports, "encryptionType", JsEncryptionType);
  Export(env, exports, "libraryPath", JsLibraryPath);
  return exports;
}
