// Object identifiers: dotted text above the backend, DER below it.
#ifndef NATIVE_GSS_OID_H_
#define NATIVE_GSS_OID_H_

#include <string>
#include <vector>

#include "library.h"

namespace gssapi {
namespace backend {

inline constexpr char kKrb5Oid[] = "1.2.840.113554.1.2.2";
inline constexpr char kSpnegoOid[] = "1.3.6.1.5.5.2";
inline constexpr char kNtlmOid[] = "1.3.6.1.4.1.311.2.2.10";
inline constexpr char kNoCiFlagsOid[] = "1.2.752.43.13.29";  // GSS_KRB5_CRED_NO_CI_FLAGS_X

// An OID that lives for ever, so that any structure may point at it; null for text that is none.
// Interned: the same text gives the same pointer.
gss_OID OidFromText(const std::string& text);
std::string OidToText(const gss_OID_desc* oid);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_OID_H_
