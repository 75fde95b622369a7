// gssproxy's interposer, where it is loaded: a module that stands in krb5's place and sends the
// calls to a daemon, which holds the keys and tickets.
#ifndef NATIVE_GSS_PROXY_H_
#define NATIVE_GSS_PROXY_H_

#include "failure.h"
#include "handles.h"

namespace gssapi {
namespace backend {

// Whether it stands in krb5's place in this process. Asks the library once.
bool Proxied();

// The library's own krb5 name for a name of the interposer's; empty for every other name, and where
// the interposer is not loaded.
NameHandle OwnName(gss_name_t name);

// The code that the interposer moved out of the way of the library's own; any other as it is.
uint32_t OwnMinor(uint32_t minor);
// The way back: how the library is asked for the text of one of its own codes.
uint32_t GivenMinor(uint32_t minor);

// Why a call that the interposer crashes in is not made.
Status RefuseProxied(const char* call);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_PROXY_H_
