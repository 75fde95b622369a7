// What a received message says: its number, which distinguishes the cases that SSPI reports with
// one status (repeated, late, after a gap), and whether it was encrypted.
#ifndef NATIVE_SSPI_RECEIVED_H_
#define NATIVE_SSPI_RECEIVED_H_

#include "handles.h"

namespace gssapi {
namespace backend {

// RFC 4121 4.2.6: the number stands in the clear, in bytes 8 to 15 of a wrapped message (05 04) or
// a MIC (04 04).
bool SequenceNumber(Bytes token, uint64_t* number);
// The status of what SSPI answered for a message with this number.
Status CheckReceived(Context* context, const char* call, SECURITY_STATUS answer, bool numbered,
                     uint64_t number);
// Whether a message that DecryptMessage took, with this token or header, was encrypted.
bool WasEncrypted(const Context& context, Bytes token, unsigned long qop);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_RECEIVED_H_
