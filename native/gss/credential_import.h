// A credential store where the library has no gss_acquire_cred_from (Heimdal).
#ifndef NATIVE_GSS_CREDENTIAL_IMPORT_H_
#define NATIVE_GSS_CREDENTIAL_IMPORT_H_

#include "handles.h"

namespace gssapi {
namespace backend {

// gss_krb5_import_cred: of a store's elements ccache and keytab, by what libkrb5 makes of them. For
// any other element, and without libkrb5, it is a failure as for a missing gss_acquire_cred_from.
Status ImportFromStore(const CredentialRequest& request, CredentialHandle* credential);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_CREDENTIAL_IMPORT_H_
