// SSPI's calls bare, for the test of the shim.
#ifndef TEST_WINE_SHIM_DRIVER_H_
#define TEST_WINE_SHIM_DRIVER_H_

#include <napi.h>

namespace shim {

void ExportDriver(Napi::Env env, Napi::Object exports);

}  // namespace shim

#endif  // TEST_WINE_SHIM_DRIVER_H_
