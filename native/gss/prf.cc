#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

Status PseudoRandom(Context* context, bool partial, Bytes input, MutableBytes out) {
  static constexpr char kCall[] = "gss_pseudo_random";
  if (g_gss->gss_pseudo_random == nullptr) return Unsupported(kCall);
  if (!context->complete) {
    return Status::Refuse(kErrNotEstablished, "the context is not established", kCall);
  }
  if (out.size == 0) return Status::Ok();  // Heimdal takes 0 for a mistake
  static const uint8_t nothing[1] = {0};
  gss_buffer_desc seed = Input({input.size == 0 ? nothing : input.data, input.size});
  gss_buffer_desc random = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_pseudo_random(&minor, context->handle.get(),
                                             partial ? GSS_C_PRF_KEY_PARTIAL : GSS_C_PRF_KEY_FULL,
                                             &seed, static_cast<ssize_t>(out.size), &random);
  Status status = Check(kCall, major, minor, context->mechanism.get());
  if (random.value == nullptr) {
    if (!status.ok()) return status;
    return Status::RefuseToken(kFailureMajor, "the library gave nothing", kCall);
  }
  if (status.ok() && random.length == out.size) memcpy(out.data, random.value, out.size);
  if (status.ok() && random.length != out.size) {
    status = Status::RefuseToken(kFailureMajor, "the library gave another length", kCall);
  }
  SecureZero(random.value, random.length);  // it may become a key
  g_gss->gss_release_buffer(&minor, &random);
  return status;
}

}  // namespace backend
}  // namespace gssapi
