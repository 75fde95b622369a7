// How large protected messages get; measured once, when a context is established.
#ifndef NATIVE_GSS_SHAPE_H_
#define NATIVE_GSS_SHAPE_H_

#include "handles.h"

namespace gssapi {
namespace backend {

void MeasureShapes(Context* context);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_SHAPE_H_
