#include "failure.h"
#include "handles.h"
#include "oid.h"
#include "proxy.h"

namespace gssapi {
namespace backend {
namespace {

// Quirk(heimdal): the values of these options are C structures with pointers in them, to a function
// that sends to a KDC and to a plugin. From JavaScript they would be addresses out of nowhere.
bool TakesPointers(const std::string& oid) {
  return oid == "1.2.752.43.13.11" || oid == "1.2.752.43.13.19";
}

}  // namespace

Status ProcessContextToken(Context* context, Bytes token) {
  static constexpr char kCall[] = "gss_process_context_token";
  // Quirk(heimdal): 7.8 frees its part of the context and leaves the rest pointing at it. The MIC
  // of an empty message is enough.
  if (!g_gss->mit || g_gss->gss_process_context_token == nullptr) return Unsupported(kCall);
  if (!context->complete) {
    return Status::Refuse(kErrNotEstablished, "the context is not established", kCall);
  }
  gss_buffer_desc input = Input(token);
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_process_context_token(&minor, context->handle.get(), &input);
  return Check(kCall, major, minor, context->mechanism.get());
}

Status SetContextOption(Context* context, const std::string& oid, Bytes value) {
  static constexpr char kCall[] = "gss_set_sec_context_option";
  if (g_gss->gss_set_sec_context_option == nullptr) return Unsupported(kCall);
  if (TakesPointers(oid)) return Status::Refuse(kErrUnsupported, "it takes C pointers", kCall);
  // Quirk(gssproxy): 0.9's gssi_set_sec_context_option takes the pointer to a context's handle for
  // the context, and writes behind it.
  if (!context->ntlm && Proxied()) return RefuseProxied(kCall);
  Oid option(oid);
  if (!option) return BadOid(kCall, oid);
  OwnedBytes copy(value);  // an option may write into its value
  gss_buffer_desc input = {copy.size(), copy.data()};
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_set_sec_context_option(&minor, context->handle.out(), option.get(), &input);
  SecureZero(copy.data(), copy.size());
  return Check(kCall, major, minor, context->mechanism.get());
}

}  // namespace backend
}  // namespace gssapi
