// SSPI's security packages, which it names by words, and GSSAPI's mechanisms, named by object
// identifiers. A package without a counterpart is its own name above the backend too.
#ifndef NATIVE_SSPI_PACKAGE_H_
#define NATIVE_SSPI_PACKAGE_H_

#include <string>

#include "../backend/secret.h"

namespace gssapi {
namespace backend {

inline constexpr char kKrb5Oid[] = "1.2.840.113554.1.2.2";
inline constexpr char kSpnegoOid[] = "1.3.6.1.5.5.2";
inline constexpr char kNtlmOid[] = "1.3.6.1.4.1.311.2.2.10";

inline constexpr char kKerberos[] = "Kerberos";
inline constexpr char kNegotiate[] = "Negotiate";
inline constexpr char kNtlm[] = "NTLM";

// The package for an object identifier or a package's name; "" where there is none.
std::string PackageOf(const std::string& mechanism);
// The object identifier of a package, else its name.
std::string MechanismOf(const std::string& package);
// The package that understands an initiator's first token (RFC 2743 3.1); Negotiate where the token
// does not tell.
std::string PackageOfToken(Bytes token);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_PACKAGE_H_
