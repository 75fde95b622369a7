// An acceptor, and the first token that a stranger sends it.
#include "fuzz.h"

namespace gssapi {
namespace fuzz {
namespace {

Token Given(Input* input) {
  static const Token genuine[] = {Step(NewInitiator(false), {}), Step(NewInitiator(true), {})};
  bool spoiled = (input->Byte() & 1U) != 0;
  uint8_t which = input->Byte() & 1U;
  return spoiled ? input->Spoil(genuine[which]) : input->Rest();
}

void Accept(Input* input) {
  Token token = Given(input);
  backend::ContextPtr context = NewAcceptor();
  Token reply;
  backend::ContextFacts facts;
  Status status = backend::StepContext(context.get(), View(token), &reply, &facts);
  if (!status.ok() || !facts.complete) return;
  // Not all of a token is under its seal; who sent it is.
  backend::NamePtr initiator;
  backend::NamePtr acceptor;
  Need(backend::InquireNames(context.get(), &initiator, &acceptor));
  std::string text;
  std::string type;
  Need(backend::DisplayName(*initiator, &text, &type));
  Assert(text == getenv("FUZZ_CLIENT"), "a stranger is taken for somebody else");
}

}  // namespace
}  // namespace fuzz
}  // namespace gssapi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gssapi::fuzz::Input input(data, size);
  gssapi::fuzz::Accept(&input);
  return 0;
}
