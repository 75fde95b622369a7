// The layout of what is handed to the library, pinned: a header that lays a structure out otherwise
// than the library does compiles, and then each call reads and writes beside the member that it
// means. MIT's and Apple's headers pack theirs to two bytes on Intel's Macs, for the sake of
// PowerPC's, and nowhere else; Heimdal's from elsewhere would not. binding.gyp names the pack.
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include <algorithm>
#include <cstddef>

#if !defined(GSSAPI_PACK)
#define GSSAPI_PACK alignof(void*)
#endif

namespace gssapi {
namespace backend {
namespace {

// Where a pointer or a size comes to lie that follows `size` bytes.
constexpr size_t After(size_t size) {
  size_t step = std::min(alignof(void*), static_cast<size_t>(GSSAPI_PACK));
  return (size + step - 1) / step * step;
}

constexpr size_t kWord = sizeof(OM_uint32);
constexpr size_t kBuffer = sizeof(size_t) + sizeof(void*);

static_assert(kWord == 4 && sizeof(size_t) == sizeof(void*), "RFC 2744 3.1");

static_assert(offsetof(gss_buffer_desc, length) == 0, "RFC 2744 3.2");
static_assert(offsetof(gss_buffer_desc, value) == sizeof(size_t), "RFC 2744 3.2");
static_assert(sizeof(gss_buffer_desc) == kBuffer, "RFC 2744 3.2");

static_assert(offsetof(gss_OID_desc, length) == 0, "RFC 2744 3.3");
static_assert(offsetof(gss_OID_desc, elements) == After(kWord), "RFC 2744 3.3");
static_assert(sizeof(gss_OID_desc) == After(kWord) + sizeof(void*), "RFC 2744 3.3");
static_assert(offsetof(gss_OID_set_desc, elements) == sizeof(size_t), "RFC 2744 3.4");
static_assert(sizeof(gss_OID_set_desc) == kBuffer, "RFC 2744 3.4");

using Bindings = gss_channel_bindings_struct;
constexpr size_t kInitiator = After(kWord);
constexpr size_t kAcceptor = After(kInitiator + kBuffer + kWord);
static_assert(offsetof(Bindings, initiator_addrtype) == 0, "RFC 2744 3.11");
static_assert(offsetof(Bindings, initiator_address) == kInitiator, "RFC 2744 3.11");
static_assert(offsetof(Bindings, acceptor_addrtype) == kInitiator + kBuffer, "RFC 2744 3.11");
static_assert(offsetof(Bindings, acceptor_address) == kAcceptor, "RFC 2744 3.11");
static_assert(offsetof(Bindings, application_data) == kAcceptor + kBuffer, "RFC 2744 3.11");
static_assert(sizeof(Bindings) == kAcceptor + 2 * kBuffer, "RFC 2744 3.11");

static_assert(offsetof(gss_buffer_set_desc, elements) == sizeof(size_t), "GFD.24 2.1.1");
static_assert(sizeof(gss_buffer_set_desc) == kBuffer, "GFD.24 2.1.1");
static_assert(offsetof(gss_iov_buffer_desc, type) == 0, "gssapi_ext.h");
static_assert(offsetof(gss_iov_buffer_desc, buffer) == After(kWord), "gssapi_ext.h");
static_assert(sizeof(gss_iov_buffer_desc) == After(kWord) + kBuffer, "gssapi_ext.h");

// The numbers that MIT, Heimdal and Apple have in common. A MIC's buffer, 12, is MIT's alone.
static_assert(GSS_IOV_BUFFER_TYPE_EMPTY == 0 && GSS_IOV_BUFFER_TYPE_DATA == 1, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_TYPE_HEADER == 2, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_TYPE_TRAILER == 7, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_TYPE_PADDING == 9, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_TYPE_STREAM == 10, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_TYPE_SIGN_ONLY == 11, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_FLAG_ALLOCATE == 0x10000, "gssapi_ext.h");
static_assert(GSS_IOV_BUFFER_FLAG_ALLOCATED == 0x20000, "gssapi_ext.h");

}  // namespace
}  // namespace backend
}  // namespace gssapi
