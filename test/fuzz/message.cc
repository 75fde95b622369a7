// Messages on their way between two contexts: unwrap in both ways, and MICs.
#include <cstring>

#include "fuzz.h"

namespace gssapi {
namespace fuzz {
namespace {

using backend::ContextPtr;
using backend::MessageResult;

struct Ends {
  ContextPtr sender = NewInitiator(false);
  ContextPtr receiver = NewAcceptor();
  Ends() { Step(sender, Step(receiver, Step(sender, {}))); }
};

// Nothing, less than a block, what is copied, what is unwrapped in place.
constexpr size_t kSizes[] = {0, 11, 1000, 40000};

Token Wrapped(Ends* ends, bool confidential, const Token& message) {
  Token token(backend::WrapBound(*ends->sender, confidential, message.size()));
  size_t written = 0;
  Need(backend::Wrap(ends->sender.get(), confidential, 0, View(message),
                     {token.data(), token.size()}, &written));
  token.resize(written);
  return token;
}

Token Mic(Ends* ends, const Token& message) {
  Token token(backend::MicBound(*ends->sender));
  size_t written = 0;
  Need(backend::GetMic(ends->sender.get(), 0, View(message), {token.data(), token.size()},
                       &written));
  token.resize(written);
  return token;
}

// Memory of exactly the size that is asked for, so that a byte beyond it is seen.
Status Unwrapped(Ends* ends, bool in_place, const Token& token, Token* message) {
  MessageResult result;
  OwnedBytes out(in_place ? token.size() : backend::UnwrapBound(*ends->receiver, View(token)));
  if (in_place && !token.empty()) memcpy(out.data(), token.data(), token.size());
  Status status = in_place
                      ? backend::UnwrapInPlace(ends->receiver.get(), out.span(), &result)
                      : backend::Unwrap(ends->receiver.get(), View(token), out.span(), &result);
  if (!status.ok()) return status;
  Assert(result.offset + result.size <= out.size(), "a message ends behind its buffer");
  message->assign(out.data() + result.offset, out.data() + result.offset + result.size);
  return status;
}

void Unwrap(Ends* ends, Input* input, bool spoiled, uint8_t how) {
  Token message(kSizes[how & 3U], 'm');
  bool confidential = (how & 4U) != 0;
  bool in_place = (how & 8U) != 0;
  Token genuine = Wrapped(ends, confidential, message);
  Token token = spoiled ? input->Spoil(genuine) : input->Rest();
  Token read;
  if (Unwrapped(ends, in_place, token, &read).ok()) {
    Assert(spoiled, "a message that nobody sent is read");
    Assert(read == message, "a message is read that is not the one that was sent");
  }
  Need(Unwrapped(ends, in_place, genuine, &read));
  Assert(read == message, "the next genuine message is not read");
}

void Verify(Ends* ends, Input* input, bool spoiled, uint8_t how) {
  Token message(kSizes[how & 3U], 'm');
  Token genuine = Mic(ends, message);
  Token token = spoiled ? input->Spoil(genuine) : input->Rest();
  MessageResult result;
  Status status = backend::VerifyMic(ends->receiver.get(), View(message), View(token), &result);
  if (status.ok()) Assert(token == genuine, "a MIC that nobody made is taken for one");
  Need(backend::VerifyMic(ends->receiver.get(), View(message), View(genuine), &result));
}

}  // namespace

void Message(Input* input) {
  static Ends ends;
  bool spoiled = (input->Byte() & 1U) != 0;
  uint8_t how = input->Byte();
  if ((how & 16U) != 0) return Verify(&ends, input, spoiled, how);
  Unwrap(&ends, input, spoiled, how);
}

}  // namespace fuzz
}  // namespace gssapi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gssapi::fuzz::Input input(data, size);
  gssapi::fuzz::Message(&input);
  return 0;
}
