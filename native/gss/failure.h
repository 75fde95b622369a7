// A major and minor status as the record of a failure.
#ifndef NATIVE_GSS_FAILURE_H_
#define NATIVE_GSS_FAILURE_H_

#include "library.h"

namespace gssapi {
namespace backend {

// On the thread of the failing call, before another call: MIT keeps a minor's full text per thread.
Status MechanismFailure(const char* call, OM_uint32 major, OM_uint32 minor, gss_OID mechanism);
// Success where GSS_ERROR(major) is 0.
inline Status Check(const char* call, OM_uint32 major, OM_uint32 minor, gss_OID mechanism) {
  if (!GSS_ERROR(major)) return Status::Ok();
  return MechanismFailure(call, major, minor, mechanism);
}
// For an optional symbol that is missing.
Status Unsupported(const char* call);
Status BadOid(const char* call, const std::string& text);

// KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, ENOENT; "" where a minor has no name.
const char* MinorName(uint32_t minor);
// All minors that have one.
const std::vector<uint32_t>& NamedMinors();
// Puts the mechanism's own minor, with its name, in the place of a number without a name that a
// layer between has given out, where that can be told. On the thread of the failing call.
void FindMinorBehind(Failure* failure);
// All lines of the library's text for a minor status.
std::vector<std::string> DisplayMinor(uint32_t minor, gss_OID mechanism);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_FAILURE_H_
