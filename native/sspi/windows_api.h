// Windows' headers in the one order in which they compile, without the macros that stand in our
// way.
#ifndef NATIVE_SSPI_WINDOWS_API_H_
#define NATIVE_SSPI_WINDOWS_API_H_

#include <windows.h>
// <windows.h> comes first: the next one has no types of its own.
#include <sspi.h>

// A macro of <windows.h> would rename the function of backend.h.
#undef LoadLibrary

#endif  // NATIVE_SSPI_WINDOWS_API_H_
