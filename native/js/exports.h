// The functions that JavaScript may call, by file. Every one has the prefix Js.
#ifndef NATIVE_JS_EXPORTS_H_
#define NATIVE_JS_EXPORTS_H_

#include "convert.h"

namespace gssapi {

using NativeFunction = napi_value (*)(napi_env, napi_callback_info);

struct Export {
  const char* name;
  NativeFunction function;
};

// Copies who is who out of an established context, once. The library is asked only when somebody
// wants to know, or before the first work that would make it unfit to be asked.
void KnowNames(Held<backend::Context>* held);
// What a context is found to be, for the getters, which never ask the library.
void KeepFacts(Held<backend::Context>* held, backend::ContextFacts&& facts);

std::vector<Export> MechanismExports();
std::vector<Export> NameExports();
std::vector<Export> NameAttributeExports();
std::vector<Export> CredentialExports();
std::vector<Export> CredentialOptionExports();
std::vector<Export> CredentialTransferExports();
std::vector<Export> PasswordExports();
std::vector<Export> TicketCacheExports();
std::vector<Export> ContextExports();
std::vector<Export> ContextTransferExports();
std::vector<Export> Krb5ContextExports();
std::vector<Export> MessageExports();
std::vector<Export> IovExports();

}  // namespace gssapi

#endif  // NATIVE_JS_EXPORTS_H_
