// SSPI's points in time as seconds from now.
#ifndef NATIVE_SSPI_CLOCK_H_
#define NATIVE_SSPI_CLOCK_H_

#include <cstdint>

#include "windows_api.h"

namespace gssapi {
namespace backend {

// Seconds until `expiry`, 0 once it is past, kIndefinite where it is never. `local`: it is in this
// machine's time zone, as Kerberos gives it.
uint32_t SecondsUntil(const TimeStamp& expiry, bool local);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_CLOCK_H_
