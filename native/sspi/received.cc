#include "received.h"

#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

constexpr uint32_t kConfidentiality = 0x10;                  // GSS_C_CONF_FLAG
constexpr unsigned long kSignOnly = SECQOP_WRAP_NO_ENCRYPT;  // KERB_WRAP_NO_ENCRYPT

void NoteReceived(Context* context, bool numbered, uint64_t number) {
  if (!numbered) return;
  context->received = true;
  context->last_received = number;
}

// Quirk(sspi): whatever is wrong about a message's place in the sequence, the answer is
// SEC_E_OUT_OF_SEQUENCE, and the message is not given. Its number tells more.
uint32_t WhatIsWrong(Context* context, bool numbered, uint64_t number) {
  if (!numbered) return kUnsequenced;
  if (context->received && number <= context->last_received) return kDuplicate;
  if (number < context->ahead) return kUnsequenced;
  context->ahead = number;
  return kGap;
}

}  // namespace

bool SequenceNumber(Bytes token, uint64_t* number) {
  if (token.size < 16 || (token.data[0] != 5 && token.data[0] != 4) || token.data[1] != 4) {
    return false;
  }
  *number = 0;
  for (int i = 8; i < 16; i++) *number = *number << 8 | token.data[i];
  return true;
}

Status CheckReceived(Context* context, const char* call, SECURITY_STATUS answer, bool numbered,
                     uint64_t number) {
  // A status of information (SEC_I_CONTEXT_EXPIRED and others that TLS has) comes without a
  // message, and nothing was verified.
  Status status = answer == SEC_E_OK ? Status::Ok() : PackageFailure(call, answer);
  if (answer == SEC_E_OUT_OF_SEQUENCE) {
    status.failure().major = WhatIsWrong(context, numbered, number);
  } else if (status.ok()) {
    NoteReceived(context, numbered, number);
  }
  return status;
}

// RFC 4121 4.2.2: the token says itself whether it is sealed, and would not have been taken if that
// were untrue. For other tokens the quality of protection says so, if the package returns it:
// Kerberos does, NTLM need not. Where encryption was agreed, NTLM decrypts every message and checks
// the signature of the result (MS-NLMP 3.4.3), so an accepted one was encrypted; else none is.
bool WasEncrypted(const Context& context, Bytes token, unsigned long qop) {
  if (qop == kSignOnly) return false;
  if (token.size >= 16 && token.data[0] == 5 && token.data[1] == 4) return (token.data[2] & 2) != 0;
  return (context.flags & kConfidentiality) != 0;
}

}  // namespace backend
}  // namespace gssapi
