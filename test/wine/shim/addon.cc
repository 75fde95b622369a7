// `node -r shim.node`: from here on SSPI's table behaves as Windows documents it.
#include "control.h"
#include "driver.h"
#include "shim.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  shim::Install();
  shim::ExportDriver(env, exports);
  shim::ExportControl(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(shim, Init)
