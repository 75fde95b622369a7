// The frame of a krb5 token, checked before a library that trusts it.
#ifndef NATIVE_GSS_FRAME_H_
#define NATIVE_GSS_FRAME_H_

#include "../backend/secret.h"

namespace gssapi {
namespace backend {

// Whether an acceptor's reply is an AP-REP or KRB-ERROR in the frame of RFC 2743 3.1 and RFC
// 4121 4.1, or SPNEGO's NegTokenResp (RFC 4178 4.2.2) around one, or around nothing.
bool IsFramedReply(Bytes token);
// Whether it is a KDC's answer in IAKERB (draft-ietf-kitten-iakerb 3.1), which has no frame.
inline bool IsRelayed(Bytes token) {
  return token.size > 2 && token.data[0] == 5 && token.data[1] == 1;
}

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_FRAME_H_
