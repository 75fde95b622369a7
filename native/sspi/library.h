// secur32.dll of the system's own directory, and the table of functions that it gives. SSPI is
// called through that table alone: it is SSPI's own way of dispatch.
#ifndef NATIVE_SSPI_LIBRARY_H_
#define NATIVE_SSPI_LIBRARY_H_

#include "../backend/backend.h"
#include "windows_api.h"

namespace gssapi {
namespace backend {

// Functions that older systems, and Wine, leave out; named in library().features where they are
// there.
#define SSPI_OPTIONAL_FUNCTIONS(X) \
  X(ChangeAccountPasswordW)        \
  X(CompleteAuthToken)             \
  X(ExportSecurityContext)         \
  X(ImpersonateSecurityContext)    \
  X(ImportSecurityContextW)        \
  X(QueryCredentialsAttributesW)   \
  X(QuerySecurityContextToken)     \
  X(SetContextAttributesW)         \
  X(SetCredentialsAttributesW)

struct Sspi {
  SecurityFunctionTableW* table = nullptr;
  LibraryInfo info;
  bool wine = false;
};

// Null until LoadLibrary has succeeded; afterwards constant.
extern const Sspi* g_sspi;

inline const SecurityFunctionTableW* Table() { return g_sspi->table; }

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_LIBRARY_H_
