// Whose an acceptor's credential of MIT's is where nobody was named: the keytab's.
#ifndef NATIVE_GSS_ACCEPTOR_NAME_H_
#define NATIVE_GSS_ACCEPTOR_NAME_H_

#include "handles.h"

namespace gssapi {
namespace backend {

// What gss_inquire_cred must not be asked for, and what it would say.
struct AcceptorName {
  bool unnamed = false;
  NamePtr name;  // null where the keytab is empty
};

// Quirk(mit): 1.20's gss_inquire_cred ends the process where such a credential's keytab has no
// entry by now: krb5/inq_cred.c then gives no name, which mechglue's
// gssint_convert_name_to_union_name reads all the same. So the keytab is read here.
Status NameOfAcceptor(gss_cred_id_t credential, AcceptorName* found);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_ACCEPTOR_NAME_H_
