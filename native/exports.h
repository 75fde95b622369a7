// The functions that JavaScript may call, by file. Every one has the prefix Js.
#ifndef NATIVE_EXPORTS_H_
#define NATIVE_EXPORTS_H_

#include "convert.h"

namespace gssapi {

using NativeFunction = napi_value (*)(napi_env, napi_callback_info);

struct Export {
  const char* name;
  NativeFunction function;
};

std::vector<Export> MechanismExports();
std::vector<Export> NameExports();
std::vector<Export> CredentialExports();
std::vector<Export> ContextExports();
std::vector<Export> MessageExports();

}  // namespace gssapi

#endif  // NATIVE_EXPORTS_H_
