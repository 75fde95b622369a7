// Streams (whole tokens) for a library whose gss_unwrap_iov knows none.
#ifndef NATIVE_GSS_STREAM_H_
#define NATIVE_GSS_STREAM_H_

#include "../backend.h"

namespace gssapi {
namespace backend {

// Heimdal: the token of RFC 4121 in the parts' stream, taken apart into header, data and trailer.
// The data comes back inside the stream.
Status UnwrapSplitStream(Context* context, IovParts* parts, MessageResult* result);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_STREAM_H_
