// What the library does not say of a failure, and answers when it is asked for it.
#ifndef NATIVE_GSS_EXPLAIN_H_
#define NATIVE_GSS_EXPLAIN_H_

#include "handles.h"

namespace gssapi {
namespace backend {

// Whether SPNEGO found no mechanism with a credential, which it tells without a name.
bool IsOpaque(const Failure& failure);
// Adds to a failure what krb5 says to the same.
Status ExplainedBy(const Status& krb5, Status failure);
// Of a step that failed, on its thread. Reads caches and keytabs, and asks no KDC.
Status ExplainStep(const Context& context, Status failure);
// The library's words for a minor alone, in place of those for another call that failed with it.
Status InPlainWords(Status failure);
// Of an initiator's credential from the default cache.
Status ExplainDefaultCache(Status failure);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_EXPLAIN_H_
