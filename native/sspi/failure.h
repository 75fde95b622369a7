// SSPI's statuses as the record of a failure.
#ifndef NATIVE_SSPI_FAILURE_H_
#define NATIVE_SSPI_FAILURE_H_

#include <cstdint>

#include "library.h"

namespace gssapi {
namespace backend {

Status PackageFailure(const char* call, SECURITY_STATUS status);
// Success where SSPI's macro says so: the SEC_I_ statuses are no failures.
inline Status Check(const char* call, SECURITY_STATUS status) {
  if (status >= 0) return Status::Ok();
  return PackageFailure(call, status);
}
// For what SSPI has no counterpart for, and for a function that this system lacks.
Status Unsupported(const char* call, const std::string& what);
// The length of an SSPI buffer has 32 bits.
inline Status CheckSize(size_t size, const char* call) {
  if (size <= INT32_MAX) return Status::Ok();
  return Status::Refuse(kErrOutOfRange, "SSPI takes less than 2 GiB at once", call);
}
Status BadMechanism(const char* call, const std::string& mechanism);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_FAILURE_H_
