#include "negotiation.h"

#include <algorithm>
#include <cstring>

#include "failure.h"
#include "oid_set.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kSetNegMechs[] = "gss_set_neg_mechs";
constexpr uint32_t kBadMech = 1U << 16;  // RFC 2744 3.9.1
constexpr uint32_t kNoCred = 7U << 16;

const char* CallOf(const Context& context) {
  return context.request.initiator ? "gss_init_sec_context" : "gss_accept_sec_context";
}

// Whether an initiator's first token is SPNEGO's: by its frame (RFC 2743 3.1), or because there is
// none, by which an acceptor is asked to speak first.
bool IsSpnego(Bytes token) {
  static constexpr uint8_t kOid[] = {0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
  if (token.size == 0) return true;
  if (token.size < 2 || token.data[0] != 0x60) return false;
  size_t head = 2 + (token.data[1] < 0x80 ? 0 : token.data[1] & 0x7fU);
  return token.size >= head + sizeof(kOid) && memcmp(token.data + head, kOid, sizeof(kOid)) == 0;
}

bool Negotiates(const Context& context, Bytes token) {
  if (context.request.negotiable.empty() || g_gss->gss_set_neg_mechs == nullptr) return false;
  if (context.handle) return context.negotiates;
  return context.request.initiator ? OidToText(context.mechanism.get()) == kSpnegoOid
                                   : IsSpnego(token);
}

Status Tell(gss_cred_id_t credential, const std::vector<std::string>& mechanisms) {
  OidSet set;
  Status status = set.Read(kSetNegMechs, mechanisms);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_set_neg_mechs(&minor, credential, set.set());
  return Check(kSetNegMechs, major, minor, SpnegoOid());
}

// SPNEGO would acquire the same, and choose from all that the library has.
Status LimitDefault(Context* context) {
  if (context->own) return Status::Ok();
  gss_OID_set_desc spnego = {1, SpnegoOid()};
  int usage = context->request.initiator ? GSS_C_INITIATE : GSS_C_ACCEPT;
  CredentialHandle acquired;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &spnego, usage,
                                            acquired.out(), nullptr, nullptr);
  Status status = Check(CallOf(*context), major, minor, SpnegoOid());
  if (status.ok()) status = Tell(acquired.get(), context->request.negotiable);
  if (status.ok()) context->own = std::move(acquired);
  return status;
}

// What the context may choose, as far as the credential's owner allows it and in that order.
std::vector<std::string> Wanted(const Context& context) {
  const std::vector<std::string>& negotiable = context.request.negotiable;
  const std::vector<std::string>& limits = context.request.credential->limits;
  if (limits.empty()) return negotiable;
  std::vector<std::string> both;
  std::copy_if(limits.begin(), limits.end(), std::back_inserter(both), [&](const std::string& one) {
    return std::find(negotiable.begin(), negotiable.end(), one) != negotiable.end();
  });
  return both;
}

Status LimitGiven(const Context& context, const CredentialUse& use) {
  std::vector<std::string> wanted = Wanted(context);
  if (*use.told() == wanted && !wanted.empty()) return Status::Ok();
  if (wanted.empty()) {
    return Status::RefuseToken(
        kBadMech, "nothing that the credential may negotiate may be negotiated by the context",
        CallOf(context));
  }
  Status status = Tell(use.get(), wanted);
  if (status.ok() || !context.request.initiator) {
    // An acceptor's that has no part for SPNEGO is refused by the library.
    *use.told() = std::move(wanted);
    return Status::Ok();
  }
  if (GSS_ROUTINE_ERROR(status.failure().major) != GSS_S_UNAVAILABLE) return status;
  return Status::RefuseToken(kNoCred, "the credential has no part for SPNEGO", CallOf(context));
}

}  // namespace

Status LimitNegotiation(Context* context, Bytes token, CredentialUse* use) {
  context->negotiates = Negotiates(*context, token);
  if (!context->negotiates) return Status::Ok();
  return context->request.credential == nullptr ? LimitDefault(context)
                                                : LimitGiven(*context, *use);
}

}  // namespace backend
}  // namespace gssapi
