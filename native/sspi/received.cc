#include "received.h"

#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

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
  Status status = Check(call, answer);
  if (answer == SEC_E_OUT_OF_SEQUENCE) {
    status.failure().major = WhatIsWrong(context, numbered, number);
  } else if (status.ok()) {
    NoteReceived(context, numbered, number);
  }
  return status;
}

}  // namespace backend
}  // namespace gssapi
