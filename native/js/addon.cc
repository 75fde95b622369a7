// The addon's exports, and what belongs to each environment that loads it.
#include <napi.h>

#include "exports.h"

namespace gssapi {
namespace {

void Define(Napi::Env env, Napi::Object exports, EnvData* data, const std::vector<Export>& list) {
  for (const Export& entry : list) {
    napi_value function;
    napi_status status =
        napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.function, data, &function);
    if (status != napi_ok) return;
    exports.Set(entry.name, Napi::Value(env, function));
  }
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  EnvData* data = EnvData::Create(env);
  Define(env, exports, data, MechanismExports());
  Define(env, exports, data, NameExports());
  Define(env, exports, data, NameAttributeExports());
  Define(env, exports, data, CredentialExports());
  Define(env, exports, data, CredentialOptionExports());
  Define(env, exports, data, CredentialTransferExports());
  Define(env, exports, data, PasswordExports());
  Define(env, exports, data, TicketCacheExports());
  Define(env, exports, data, ContextExports());
  Define(env, exports, data, ContextTransferExports());
  Define(env, exports, data, Krb5ContextExports());
  Define(env, exports, data, MessageExports());
  Define(env, exports, data, IovExports());
  exports.Set("result", data->result_array.Value());
  return exports;
}

}  // namespace
}  // namespace gssapi

// A worker may be terminated while it loads the addon: then it has no exports, and nobody to miss
// them.
static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) {
  try {
    return gssapi::Init(env, exports);
  } catch (const gssapi::StatusError& error) {
    gssapi::ThrowRecord(env, error.status);
  } catch (const Napi::Error& error) {
    gssapi::Rethrow(env, error);
  }
  return exports;
}

NODE_API_MODULE(gssapi, InitAddon)
