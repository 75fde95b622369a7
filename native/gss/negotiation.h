// What SPNEGO may choose: told to the library before it chooses, where the library can be told.
#ifndef NATIVE_GSS_NEGOTIATION_H_
#define NATIVE_GSS_NEGOTIATION_H_

#include "credential_use.h"

namespace gssapi {
namespace backend {

// Before a step. `in_use` holds the credential afterwards, and with it what it may negotiate: a
// credential is shared, and contexts that differ in this wait for one another.
Status LimitNegotiation(Context* context, Bytes token, CredentialUse* use);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_NEGOTIATION_H_
