// Whole tokens taken apart: where header, message and trailer lie in them.
#ifndef NATIVE_GSS_STREAM_H_
#define NATIVE_GSS_STREAM_H_

#include "handles.h"

namespace gssapi {
namespace backend {

// RFC 4121 4.2.6.2: TOK_ID 05 04, flags, of which 02 is Sealed.
inline bool IsWrapToken(Bytes token) {
  return token.size >= 16 && token.data[0] == 0x05 && token.data[1] == 0x04;
}
inline bool IsSealed(Bytes token) { return (token.data[2] & 0x02) != 0; }
// RFC 4121 4.2.3: in a sealed token bytes that fill the message up, in others the checksum's size.
inline size_t ExtraCount(Bytes token) {
  return static_cast<size_t>(token.data[4]) << 8 | token.data[5];
}

// Where in a token of RFC 4121 its parts lie.
struct TokenParts {
  MutableBytes header;
  MutableBytes data;
  MutableBytes trailer;
};

// Undoes the token's rotation in place first. False where it is too short for its parts.
bool SplitToken(const WrapShape& shape, MutableBytes token, TokenParts* parts);

// Whether UnwrapSplitStream knows such tokens.
bool IsSplit(const Context* context, Bytes token);

// The token in the parts' stream, taken apart into header, data, padding and trailer. The data
// comes back inside the stream.
Status UnwrapSplitStream(Context* context, IovParts* parts, MessageResult* result);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_STREAM_H_
