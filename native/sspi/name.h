// Names as SSPI takes and gives them: text.
#ifndef NATIVE_SSPI_NAME_H_
#define NATIVE_SSPI_NAME_H_

#include <string>
#include <vector>

#include "handles.h"

namespace gssapi {
namespace backend {

inline constexpr char kPrincipalOid[] = "1.2.840.113554.1.2.2.1";

// A service principal name, or a user's name: 'HTTP/www.example.com', 'alice@REALM'.
std::string TargetText(const Name& name);
// The types, as OIDs, that mean something to every package.
std::vector<std::string> NameTypes();
// Of text that SSPI gave: 'DOMAIN\user' is a user of Windows, all else a principal.
NamePtr MakeName(const std::string& text);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_NAME_H_
