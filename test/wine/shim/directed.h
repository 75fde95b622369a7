// The outermost functions of the table: they do what a test has told them (control.h), count what
// the package holds, and leave all else to what lies below.
#ifndef TEST_WINE_SHIM_DIRECTED_H_
#define TEST_WINE_SHIM_DIRECTED_H_

#include <windows.h>
// clang-format off: sspi.h needs windows.h before it
#include <sspi.h>
// clang-format on

namespace shim {

void Direct(SecurityFunctionTableW* table);

}  // namespace shim

#endif  // TEST_WINE_SHIM_DIRECTED_H_
