// What the fuzzers share. Each is a libFuzzer program over native/gss without Node: the same
// functions that the addon calls, with a real library behind them, in a realm that scripts/fuzz.mjs
// made (its variables are in the environment).
//
// Half of an attacker's work is to get past the first check, so an input is one of two things, by
// its first byte: the bytes of a token as they are, or what is done to a genuine token of this
// process.
#ifndef TEST_FUZZ_FUZZ_H_
#define TEST_FUZZ_FUZZ_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../../native/backend/backend.h"

namespace gssapi {
namespace fuzz {

using Token = std::vector<uint8_t>;

inline Bytes View(const Token& token) { return {token.data(), token.size()}; }

// An abort is what libFuzzer calls a finding.
inline void Assert(bool holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "fuzz: %s\n", what);
  abort();
}

// Not a finding but a realm that is not as it should be.
inline void Need(const Status& status) {
  if (status.ok()) return;
  const Failure& failure = status.failure();
  std::string text = failure.call + ": " + failure.detail;
  for (const std::string& each : failure.major_messages) text += " " + each;
  for (const std::string& each : failure.minor_messages) text += " " + each;
  fprintf(stderr, "fuzz: the realm is not usable: %s\n", text.c_str());
  abort();
}

// The input, byte for byte; zeros behind its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  uint8_t Byte() { return at_ < size_ ? data_[at_++] : 0; }
  size_t Number() {
    size_t high = Byte();
    return high << 8 | Byte();
  }
  bool empty() const { return at_ >= size_; }
  Token Rest() {
    Token rest(data_ + at_, data_ + size_);
    at_ = size_;
    return rest;
  }

  // Bits flipped, bytes put in and taken out; what each does is told by the input.
  Token Spoil(Token token) {
    while (!empty()) {
      uint8_t what = Byte() & 3;
      size_t at = Number();
      if (token.empty()) return token;
      auto place = token.begin() + static_cast<ptrdiff_t>(at % token.size());
      if (what == 0) {
        *place = Byte();
      } else if (what == 1) {
        *place ^= static_cast<uint8_t>(1U << (Byte() & 7U));
      } else if (what == 2) {
        token.erase(place, token.end());
      } else {
        token.insert(place, Byte() & 63U, Byte());
      }
    }
    return token;
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

inline backend::NamePtr Service() {
  const std::string text = getenv("FUZZ_SERVICE");
  backend::NamePtr name;
  Need(backend::ImportName({reinterpret_cast<const uint8_t*>(text.data()), text.size()},
                           "1.2.840.113554.1.2.1.4", &name));
  return name;
}

inline const char* Mechanism(bool spnego) {
  return spnego ? "1.3.6.1.5.5.2" : "1.2.840.113554.1.2.2";
}

inline backend::ContextPtr NewInitiator(bool spnego, uint32_t flags = 2 | 16 | 32) {
  static const backend::NamePtr service = Service();
  backend::ContextRequest request;
  request.initiator = true;
  request.target = service;
  request.mechanism = Mechanism(spnego);
  request.flags = flags;
  backend::ContextPtr context;
  Need(backend::NewContext(std::move(request), &context));
  return context;
}

inline backend::ContextPtr NewAcceptor() {
  backend::ContextPtr context;
  Need(backend::NewContext(backend::ContextRequest(), &context));
  return context;
}

inline Token Step(const backend::ContextPtr& context, const Token& token) {
  Token reply;
  backend::ContextFacts facts;
  Need(backend::StepContext(context.get(), View(token), &reply, &facts));
  return reply;
}

}  // namespace fuzz
}  // namespace gssapi

#endif  // TEST_FUZZ_FUZZ_H_
