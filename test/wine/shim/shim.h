// Replaces entries of SSPI's function table by functions that behave as Windows documents them.
#ifndef TEST_WINE_SHIM_SHIM_H_
#define TEST_WINE_SHIM_SHIM_H_

namespace shim {

// Once per process; later calls do nothing.
void Install();

}  // namespace shim

#endif  // TEST_WINE_SHIM_SHIM_H_
