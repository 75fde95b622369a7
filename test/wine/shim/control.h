// What a test tells the table to do: to answer a call with a status, or to have what Wine lacks.
#ifndef TEST_WINE_SHIM_CONTROL_H_
#define TEST_WINE_SHIM_CONTROL_H_

#include <napi.h>

#include <windows.h>
// clang-format off: sspi.h needs windows.h before it
#include <sspi.h>
// clang-format on

#include <optional>
#include <string>

#include "wire.h"

namespace shim {

// What a function says instead of doing its work.
struct Answer {
  SECURITY_STATUS status = SEC_E_OK;
  ULONG attributes = 0;  // of the functions of the handshake
  Octets token;
};

// The answer planned for the next call of `function`, which has it but once.
std::optional<Answer> TakeAnswer(const std::string& function);

// What Windows has, and Wine has not.
struct Emulation {
  bool complete_auth_token = false;  // tokens are of use only after CompleteAuthToken
  bool impersonation = false;
  bool transfer = false;  // contexts can be exported, within the process
  bool native_names = true;
  std::string user_name;   // SECPKG_ATTR_NAMES, SECPKG_CRED_ATTR_NAMES
  std::string negotiated;  // SECPKG_ATTR_NEGOTIATION_INFO: the package's name
  Octets session_key;
  ULONG enctype = 0;
};

Emulation Emulated();

// What the package holds: each comes back to where it was.
struct Ledger {
  int credentials = 0;
  int contexts = 0;
  int memory = 0;  // pieces that SSPI allocated
  int impersonations = 0;
  int acquired_as_initiator = 0;  // credentials of the initiator, so far
};

// Runs with the ledger locked.
void Note(void (*change)(Ledger*));

// plan(function, status, { attributes, token }), emulate({ ... }), ledger()
void ExportControl(Napi::Env env, Napi::Object exports);

}  // namespace shim

#endif  // TEST_WINE_SHIM_CONTROL_H_
