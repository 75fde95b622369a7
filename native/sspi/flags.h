// RFC 2744's flags (src/base/flags.ts) and SSPI's, which are other numbers, and not the same on
// both sides.
#ifndef NATIVE_SSPI_FLAGS_H_
#define NATIVE_SSPI_FLAGS_H_

#include <cstdint>

#include "handles.h"

namespace gssapi {
namespace backend {

inline constexpr uint32_t kDelegation = 0x1;
inline constexpr uint32_t kProtectionReady = 0x80;
inline constexpr uint32_t kChannelBound = 0x800;

// What InitializeSecurityContextW is asked for.
unsigned long RequestedFlags(uint32_t flags);
// What a step's attributes say was granted to this side.
uint32_t GrantedFlags(const Context* context, unsigned long attributes);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_FLAGS_H_
