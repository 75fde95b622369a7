#include "failure.h"
#include "handles.h"
#include "oid.h"

namespace gssapi {
namespace backend {

Status ContextLifetime(Context* context, uint32_t* lifetime) {
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_context_time(&minor, context->handle.get(), lifetime);
  if (GSS_ERROR(major) == GSS_S_CONTEXT_EXPIRED) {
    *lifetime = 0;
    return Status::Ok();
  }
  return Check("gss_context_time", major, minor, context->mechanism.get());
}

Status InquireNames(Context* context, NamePtr* initiator, NamePtr* acceptor) {
  NameHandle source;
  NameHandle target;
  // Quirk(ntlmssp): gss-ntlmssp 1.2 crashes when an acceptor's context is asked who it is.
  bool ask_target = context->request.initiator || !context->ntlm;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_context(&minor, context->handle.get(), source.out(),
                                               ask_target ? target.out() : nullptr, nullptr,
                                               nullptr, nullptr, nullptr, nullptr);
  Status status = Check("gss_inquire_context", major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  *initiator = AdoptNegotiated(&source);
  *acceptor = AdoptNegotiated(&target);
  return status;
}

Status InquireContextByOid(Context* context, const std::string& oid, std::vector<Secret>* values) {
  static constexpr char kCall[] = "gss_inquire_sec_context_by_oid";
  if (g_gss->gss_inquire_sec_context_by_oid == nullptr) return Unsupported(kCall);
  if (!context->complete) {
    return Status::Refuse(kErrNotEstablished, "the context is not established", kCall);
  }
  Oid asked(oid);
  if (!asked) return BadOid(kCall, oid);
  BufferSetHandle set;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_sec_context_by_oid(&minor, context->handle.get(), asked.get(), set.out());
  Status status = Check(kCall, major, minor, Krb5Oid());
  if (!status.ok() || !set) return status;
  for (size_t i = 0; i < set.get()->count; i++) {
    const gss_buffer_desc& element = set.get()->elements[i];
    values->emplace_back(Bytes{static_cast<const uint8_t*>(element.value), element.length});
    SecureZero(element.value, element.length);  // it may be a key
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
