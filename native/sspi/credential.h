// What an acquired credential is made of; context.cc acquires default and delegated ones by it.
#ifndef NATIVE_SSPI_CREDENTIAL_H_
#define NATIVE_SSPI_CREDENTIAL_H_

#include "handles.h"

namespace gssapi {
namespace backend {

// The credential of whoever the calling thread runs as, for one package.
Status AcquireDefault(const std::string& package, Usage usage, CredentialPtr* credential);
// Whether the package tells points in time in this machine's time zone.
bool TellsLocalTime(const std::string& package);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_CREDENTIAL_H_
