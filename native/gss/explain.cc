#include "explain.h"

#include <utility>

#include "failure.h"
#include "krb5_library.h"
#include "oid.h"

namespace gssapi {
namespace backend {
namespace {

bool HasName(const Failure& failure, const char* name) { return failure.minor_name == name; }

Status AcquireDefault(gss_cred_usage_t usage, CredentialHandle* credential) {
  gss_OID_set_desc krb5 = {1, Krb5Oid()};
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &krb5, usage,
                                            credential->out(), nullptr, nullptr);
  return Check("gss_acquire_cred", major, minor, Krb5Oid());
}

// Whose the keys are that a ticket for somebody else does not fit; "" where that is not known.
std::string KeysOwner(const CredentialPtr& given) {
  CredentialPtr credential = given;
  if (credential == nullptr) {
    CredentialHandle acquired;
    if (!AcquireDefault(GSS_C_ACCEPT, &acquired).ok()) return "";
    credential = std::make_shared<Credential>();
    credential->own->handle = std::move(acquired);
  }
  CredentialFacts facts;
  std::string text;
  std::string type;
  bool known = InquireCredential(*credential, kKrb5Oid, &facts).ok() && facts.name != nullptr;
  return known && DisplayName(*facts.name, &text, &type).ok() ? text : "";
}

}  // namespace

bool IsOpaque(const Failure& failure) {
  return g_gss->mit && failure.minor_name.empty() &&
         GSS_ROUTINE_ERROR(failure.major) == GSS_S_NO_CRED;
}

Status ExplainedBy(const Status& krb5, Status failure) {
  if (krb5.ok() || krb5.failure().minor_name.empty()) return failure;
  Failure& explained = failure.failure();
  explained.minor = krb5.failure().minor;
  explained.minor_name = krb5.failure().minor_name;
  const std::vector<std::string>& lines = krb5.failure().minor_messages;
  explained.minor_messages.insert(explained.minor_messages.end(), lines.begin(), lines.end());
  return failure;
}

// Quirk(mit): kg_impersonate_name (krb5/s4u_gss_glue.c) and iakerb_initiator_step (krb5/iakerb.c)
// keep no text of what they fail with, so that the library gives the one of an earlier failure with
// the same minor on this thread: it names somebody else. What fails before them asks no KDC, and is
// no GSS_S_FAILURE.
Status InPlainWords(Status failure) {
  Failure& record = failure.failure();
  bool stale = g_gss->mit && GSS_ROUTINE_ERROR(record.major) == GSS_S_FAILURE &&
               !record.minor_name.empty() && Krb5() != nullptr;
  Krb5Session session;
  if (!stale || !session.Begin().ok()) return failure;
  Status plain = session.Check("", static_cast<krb5_error_code>(record.minor));
  if (!plain.ok()) record.minor_messages = plain.failure().minor_messages;
  return failure;
}

// Quirk(mit): 1.20's krb5 (acquire_cred.c) says KRB5_CC_NOTFOUND, no ticket, also where the default
// cache is of a type that the library does not have, or its server does not run.
Status ExplainDefaultCache(Status failure) {
  bool unclear = g_gss->mit && HasName(failure.failure(), "KRB5_CC_NOTFOUND") &&
                 Krb5() != nullptr && Krb5()->krb5_cc_default != nullptr;
  Krb5Session session;
  if (!unclear || !session.Begin().ok()) return failure;
  TicketCache cache(session);
  Principal owner(session);
  krb5_error_code code = cache.Default();
  if (code == 0) {
    code = Krb5()->krb5_cc_get_principal(session.get(), cache.get(), owner.out());
  }
  if (code == KRB5_CC_UNKNOWN_TYPE || code == KRB5_KCM_NO_SERVER) {
    failure.failure().minor = static_cast<uint32_t>(code);
    failure.failure().minor_name = MinorName(static_cast<uint32_t>(code));
  }
  return failure;
}

Status ExplainStep(const Context& context, Status failure) {
  const CredentialPtr& credential = context.request.credential;
  bool initiates = context.request.initiator;
  if (IsOpaque(failure.failure()) && credential == nullptr) {
    CredentialHandle unused;
    Status asked = AcquireDefault(initiates ? GSS_C_INITIATE : GSS_C_ACCEPT, &unused);
    failure = ExplainedBy(asked, std::move(failure));
  }
  if (initiates && credential == nullptr) return ExplainDefaultCache(std::move(failure));
  Failure& told = failure.failure();
  bool for_another = HasName(told, "KRB5KRB_AP_ERR_NOT_US") ||
                     HasName(told, "KRB5KRB_AP_WRONG_PRINC") ||
                     HasName(told, "KRB5KRB_AP_ERR_NOKEY");
  if (g_gss->mit && !initiates && for_another) told.acceptor = KeysOwner(credential);
  return failure;
}

}  // namespace backend
}  // namespace gssapi
