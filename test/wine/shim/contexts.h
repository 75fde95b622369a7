// What the shim knows of each security context.
#ifndef TEST_WINE_SHIM_CONTEXTS_H_
#define TEST_WINE_SHIM_CONTEXTS_H_

#include <windows.h>
// clang-format off: sspi.h needs windows.h before it
#include <sspi.h>
// clang-format on

#include <string>

#include "trace.h"
#include "wire.h"

namespace shim {

struct Known {
  Handshake handshake;
  ULONG attributes = 0;
  TimeStamp established = {};
  TimeStamp expiry = {};

  KeyType key() const;
};

// What one step of the handshake told.
struct Step {
  Handshake handshake;
  ULONG attributes = 0;
  TimeStamp expiry = {};
};
// Quirk(wine): 8.0: the handle of a context is another one after its second step.
void Learn(const CtxtHandle* before, const CtxtHandle& context, const Step& step);
// A copy, so that no lock is held while Wine works.
Known Recall(const CtxtHandle& context);
// Notes the number of a genuine message.
void NoteReceived(const CtxtHandle& context, uint64_t number);
bool WasReceived(const CtxtHandle& context, uint64_t number);
void Forget(const CtxtHandle& context);

}  // namespace shim

#endif  // TEST_WINE_SHIM_CONTEXTS_H_
