#include "pair.h"

#include <string.h>

bool Good(Failure* failure, const char* call, OM_uint32 major, OM_uint32 minor) {
  if (!GSS_ERROR(major)) return true;
  failure->call = call;
  failure->major = major;
  failure->minor = minor;
  return false;
}

static bool Acquire(gss_name_t name, gss_cred_usage_t usage, gss_cred_id_t* credential,
                    Failure* failure) {
  gss_OID_set_desc krb5 = {1, (gss_OID)gss_mech_krb5};
  OM_uint32 minor;
  OM_uint32 major =
      gss_acquire_cred(&minor, name, GSS_C_INDEFINITE, &krb5, usage, credential, NULL, NULL);
  return Good(failure, "gss_acquire_cred", major, minor);
}

bool AcquireBoth(Party* party, Failure* failure) {
  return Acquire(GSS_C_NO_NAME, GSS_C_INITIATE, &party->initiator, failure) &&
         Acquire(party->target, GSS_C_ACCEPT, &party->acceptor, failure);
}

void ReleaseBoth(Party* party) {
  OM_uint32 minor;
  gss_release_cred(&minor, &party->initiator);
  gss_release_cred(&minor, &party->acceptor);
}

bool OpenParty(const char* service, Party* party, Failure* failure) {
  gss_buffer_desc text = {strlen(service), (void*)service};
  OM_uint32 minor;
  OM_uint32 major = gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &party->target);
  return Good(failure, "gss_import_name", major, minor) && AcquireBoth(party, failure);
}

typedef struct {
  gss_buffer_desc token;  // the one on its way
  bool initiator_done, acceptor_done;
} Exchange;

static bool StepInitiator(const Party* party, OM_uint32 flags, Pair* pair, Exchange* exchange,
                          Failure* failure) {
  gss_buffer_desc reply = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor, ignored;
  OM_uint32 major = gss_init_sec_context(
      &minor, party->initiator, &pair->initiator, party->target, (gss_OID)gss_mech_krb5, flags, 0,
      GSS_C_NO_CHANNEL_BINDINGS, &exchange->token, NULL, &reply, NULL, NULL);
  gss_release_buffer(&ignored, &exchange->token);
  exchange->token = reply;
  exchange->initiator_done = major == GSS_S_COMPLETE;
  return Good(failure, "gss_init_sec_context", major, minor);
}

static bool StepAcceptor(const Party* party, Pair* pair, Exchange* exchange, Failure* failure) {
  gss_buffer_desc reply = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor, ignored;
  OM_uint32 major =
      gss_accept_sec_context(&minor, &pair->acceptor, party->acceptor, &exchange->token,
                             GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &reply, NULL, NULL, NULL);
  gss_release_buffer(&ignored, &exchange->token);
  exchange->token = reply;
  exchange->acceptor_done = major == GSS_S_COMPLETE;
  return Good(failure, "gss_accept_sec_context", major, minor);
}

bool Establish(const Party* party, OM_uint32 flags, Pair* pair, Failure* failure) {
  Exchange exchange = {GSS_C_EMPTY_BUFFER, false, false};
  OM_uint32 ignored;
  bool good = true;
  pair->initiator = pair->acceptor = GSS_C_NO_CONTEXT;
  while (good && !(exchange.initiator_done && exchange.acceptor_done)) {
    if (!exchange.initiator_done) good = StepInitiator(party, flags, pair, &exchange, failure);
    if (good && !exchange.acceptor_done) good = StepAcceptor(party, pair, &exchange, failure);
  }
  gss_release_buffer(&ignored, &exchange.token);
  if (!good) DeletePair(pair);
  return good;
}

void DeletePair(Pair* pair) {
  OM_uint32 minor;
  if (pair->initiator) gss_delete_sec_context(&minor, &pair->initiator, GSS_C_NO_BUFFER);
  if (pair->acceptor) gss_delete_sec_context(&minor, &pair->acceptor, GSS_C_NO_BUFFER);
}
