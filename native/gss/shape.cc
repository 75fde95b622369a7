#include "shape.h"

#include <algorithm>

namespace gssapi {
namespace backend {
namespace {

constexpr size_t kMicAtMost = 512;     // where the library cannot tell
constexpr size_t kOverheadSpare = 64;  // a wrap_size_limit is rounded down to blocks

gss_iov_buffer_desc Part(OM_uint32 type, size_t length) { return {type, {length, nullptr}}; }

// gss_wrap_iov_length for one byte: the older encryption types show themselves by padding it.
bool MeasureByIov(Context* context, bool confidential, WrapShape* shape) {
  if (!g_gss->mit || g_gss->gss_wrap_iov_length == nullptr || g_gss->gss_wrap_iov == nullptr) {
    return false;
  }
  uint8_t byte = 0;
  gss_iov_buffer_desc parts[] = {Part(GSS_IOV_BUFFER_TYPE_HEADER, 0),
                                 {GSS_IOV_BUFFER_TYPE_DATA, {1, &byte}},
                                 Part(GSS_IOV_BUFFER_TYPE_PADDING, 0),
                                 Part(GSS_IOV_BUFFER_TYPE_TRAILER, 0)};
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_wrap_iov_length(&minor, context->handle.get(), confidential ? 1 : 0,
                                               GSS_C_QOP_DEFAULT, nullptr, parts, 4);
  if (GSS_ERROR(major) || parts[2].buffer.length != 0) return false;
  shape->fixed = true;
  shape->header = parts[0].buffer.length;
  shape->trailer = parts[3].buffer.length;
  shape->overhead = shape->header + shape->trailer;
  return true;
}

// What wrapping adds is what is missing from the largest message that fits.
void MeasureByLimit(Context* context, bool confidential, WrapShape* shape) {
  for (OM_uint32 size : {4096U, 1U << 20}) {
    OM_uint32 fits = 0;
    OM_uint32 minor;
    OM_uint32 major = g_gss->gss_wrap_size_limit(
        &minor, context->handle.get(), confidential ? 1 : 0, GSS_C_QOP_DEFAULT, size, &fits);
    if (GSS_ERROR(major) || fits > size) continue;
    shape->overhead = std::max<size_t>(shape->overhead, size - fits + kOverheadSpare);
  }
  if (shape->overhead == 0) shape->overhead = kMicAtMost;
}

void MeasureMic(Context* context) {
  context->mic_size = kMicAtMost;
  if (g_gss->gss_get_mic_iov_length == nullptr || g_gss->gss_get_mic_iov == nullptr) return;
  uint8_t byte = 0;
  gss_iov_buffer_desc parts[] = {{GSS_IOV_BUFFER_TYPE_DATA, {1, &byte}},
                                 Part(GSS_IOV_BUFFER_TYPE_MIC_TOKEN, 0)};
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_get_mic_iov_length(&minor, context->handle.get(), GSS_C_QOP_DEFAULT, parts, 2);
  if (GSS_ERROR(major)) return;
  context->mic_fixed = true;
  context->mic_size = parts[1].buffer.length;
}

bool IsDceStyle(const Context* context) {
  OM_uint32 flags = 0;
  OM_uint32 minor;
  g_gss->gss_inquire_context(&minor, context->handle.get(), nullptr, nullptr, nullptr, nullptr,
                             &flags, nullptr, nullptr);
  return (flags & GSS_C_DCE_STYLE) != 0;
}

}  // namespace

void MeasureShapes(Context* context) {
  context->dce_style = IsDceStyle(context);
  for (int confidential = 0; confidential < 2; confidential++) {
    WrapShape* shape = &context->shape[confidential];
    if (!MeasureByIov(context, confidential != 0, shape)) {
      MeasureByLimit(context, confidential != 0, shape);
    }
  }
  MeasureMic(context);
}

}  // namespace backend
}  // namespace gssapi
