// What the per-message calls have in common: room for an answer, and the answer.
#ifndef NATIVE_JS_MESSAGE_OBJECT_H_
#define NATIVE_JS_MESSAGE_OBJECT_H_

#include <string>

#include "convert.h"

namespace gssapi {

inline napi_value Number(const Call& call, size_t value) {
  napi_value number = nullptr;
  napi_create_uint32(call.env(), static_cast<uint32_t>(value), &number);
  return number;
}

// A call that fails is ordinary here (a forged token), so no C++ exception is spent on it.
inline bool Failed(const Call& call, const Status& status) {
  if (status.ok()) return false;
  ThrowRecord(call.env(), status);
  return true;
}

inline void Report(const Call& call, const backend::MessageResult& result) {
  uint32_t* out = call.data()->result();
  out[0] = result.confidential ? 1 : 0;
  out[1] = result.qop;
  out[2] = result.sequence;
  out[3] = static_cast<uint32_t>(result.offset);
}

// What is left of `out` from `offset`, which must hold `bound`.
inline MutableBytes Room(MutableBytes out, uint32_t offset, size_t bound) {
  if (offset > out.size || out.size - offset < bound) {
    throw StatusError{Status::Refuse(
        kErrOutOfRange, "the result needs " + std::to_string(bound) + " bytes, and there are " +
                            std::to_string(offset > out.size ? 0 : out.size - offset))};
  }
  return {out.data + offset, out.size - offset};
}

}  // namespace gssapi

#endif  // NATIVE_JS_MESSAGE_OBJECT_H_
