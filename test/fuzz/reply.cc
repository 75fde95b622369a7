// An initiator, and the reply of a server that is not the one it means.
#include "fuzz.h"

namespace gssapi {
namespace fuzz {
namespace {

void Answer(Input* input) {
  bool spoiled = (input->Byte() & 1U) != 0;
  bool spnego = (input->Byte() & 1U) != 0;
  backend::ContextPtr initiator = NewInitiator(spnego);
  Token first = Step(initiator, {});
  Token reply = spoiled ? input->Spoil(Step(NewAcceptor(), first)) : input->Rest();
  Token next;
  backend::ContextFacts facts;
  Status status = backend::StepContext(initiator.get(), View(reply), &next, &facts);
  // Mutual authentication: nobody but the acceptor itself can complete it.
  if (status.ok() && facts.complete)
    Assert(spoiled, "a reply that nobody made completes a context");
}

}  // namespace
}  // namespace fuzz
}  // namespace gssapi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gssapi::fuzz::Input input(data, size);
  gssapi::fuzz::Answer(&input);
  return 0;
}
