// The library's handles as move-only types: the only place that releases them.
#ifndef NATIVE_GSS_HANDLES_H_
#define NATIVE_GSS_HANDLES_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "oid.h"

namespace gssapi {
namespace backend {

// Release is `void(T*)`; an empty handle is never released.
template <class T, void (*ReleaseFn)(T*)>
class Handle {
 public:
  Handle() = default;
  ~Handle() { Reset(); }
  Handle(Handle&& other) noexcept : value_(std::exchange(other.value_, T())) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      Reset();
      value_ = std::exchange(other.value_, T());
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  T get() const { return value_; }
  T* out() { return &value_; }  // for a function that fills it, or moves it on
  explicit operator bool() const { return value_ != T(); }
  void Reset() {
    if (value_ != T()) ReleaseFn(&value_);
    value_ = T();
  }

 private:
  T value_ = T();
};

inline void ReleaseName(gss_name_t* name) {
  OM_uint32 minor;
  g_gss->gss_release_name(&minor, name);
}
inline void ReleaseCredential(gss_cred_id_t* credential) {
  OM_uint32 minor;
  g_gss->gss_release_cred(&minor, credential);
}
inline void ReleaseContext(gss_ctx_id_t* context) {
  OM_uint32 minor;
  g_gss->gss_delete_sec_context(&minor, context, GSS_C_NO_BUFFER);
}
inline void ReleaseOidSet(gss_OID_set* set) {
  OM_uint32 minor;
  g_gss->gss_release_oid_set(&minor, set);
}
inline void ReleaseBufferSet(gss_buffer_set_t* set) {
  OM_uint32 minor;
  g_gss->gss_release_buffer_set(&minor, set);
}

using NameHandle = Handle<gss_name_t, ReleaseName>;
using CredentialHandle = Handle<gss_cred_id_t, ReleaseCredential>;
using ContextHandle = Handle<gss_ctx_id_t, ReleaseContext>;
using OidSetHandle = Handle<gss_OID_set, ReleaseOidSet>;
using BufferSetHandle = Handle<gss_buffer_set_t, ReleaseBufferSet>;

// A buffer that the library allocates.
class LibraryBuffer {
 public:
  LibraryBuffer() = default;
  ~LibraryBuffer() {
    OM_uint32 minor;
    if (buffer_.value != nullptr) g_gss->gss_release_buffer(&minor, &buffer_);
  }
  LibraryBuffer(const LibraryBuffer&) = delete;
  LibraryBuffer& operator=(const LibraryBuffer&) = delete;

  gss_buffer_t out() { return &buffer_; }
  const uint8_t* data() const { return static_cast<const uint8_t*>(buffer_.value); }
  size_t size() const { return buffer_.length; }
  // Quirk(ntlmssp): gss-ntlmssp 1.2 counts the closing NUL of its texts (gssntlm_display_name in
  // src/gss_names.c). No text of a library's has one in it.
  std::string text() const {
    bool closed = size() != 0 && data()[size() - 1] == 0;
    return size() == 0 ? "" : std::string(reinterpret_cast<const char*>(data()), size() - closed);
  }
  std::vector<uint8_t> bytes() const {
    return size() == 0 ? std::vector<uint8_t>() : std::vector<uint8_t>(data(), data() + size());
  }

 private:
  gss_buffer_desc buffer_ = GSS_C_EMPTY_BUFFER;
};

// A borrowed buffer for an input argument; the C API lacks const.
inline gss_buffer_desc Input(Bytes bytes) { return {bytes.size, const_cast<uint8_t*>(bytes.data)}; }
inline Bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

struct Name {
  NameHandle handle;
};

// A handle of the library's that becomes a Name of ours.
inline NamePtr Adopt(NameHandle* handle) {
  if (!*handle) return nullptr;
  auto name = std::make_shared<Name>();
  name->handle = std::move(*handle);
  return name;
}

// The same, as a name of the mechanism that SPNEGO chose where it is SPNEGO's (name.cc).
NamePtr AdoptNegotiated(NameHandle* handle);

struct Origin;  // credential_origin.h

// An option of a credential (credential_option.cc).
using CredentialChange = std::function<Status(CredentialHandle*)>;

// One handle of a credential, and what SPNEGO may choose with it, as the library was told last. On
// MIT one call at a time has it, and may tell it otherwise.
struct CredentialSeat {
  CredentialHandle handle;
  std::vector<std::string> told;
};

// See credential_use.h. All is guarded by `mutex`.
struct CredentialCopies {
  std::mutex mutex;
  std::condition_variable freed;
  bool taken = false;             // the credential's own seat
  size_t uses = 0;                // steps
  bool stale = true;              // what was exported lacks something
  std::set<std::string> targets;  // whose tickets it has, where its cache is in memory
  std::shared_ptr<const Secret> exported;
  std::vector<std::unique_ptr<CredentialSeat>> spare;
};

// The credential's own, with what was copied of it.
struct CredentialOwn : CredentialSeat {
  // Its cache is exported as its content, which lacks the tickets that come later.
  bool in_memory = true;
  CredentialCopies copies;
};

struct Credential {
  gss_cred_id_t* out() { return own->handle.out(); }  // of a new one, for a function that fills it

  // Another one takes its place where the credential is made anew (credential_origin.h), without
  // copies; a call goes on with the one that it began with. Read and replaced by std::atomic_load
  // and std::atomic_store.
  mutable std::shared_ptr<CredentialOwn> own = std::make_shared<CredentialOwn>();
  // Null where it cannot be made anew.
  std::shared_ptr<Origin> origin;
  // Whose it is does not depend on what it is used for first; exporting it decides nothing then.
  bool decided = true;
  // Shared by the calls that use it, exclusive for what changes it: the library locks a krb5
  // element against itself, but not the options of SPNEGO's.
  mutable std::shared_mutex in_use;
  // What SPNEGO may choose with it, as its owner limits it (none: not at all), and what else the
  // owner has set, by key. Guarded by in_use.
  std::vector<std::string> limits;
  std::map<std::string, CredentialChange> changes;
};

// What a wrapped message is made of, where it is the same for every size (RFC 4121): header,
// message, trailer. `fixed` is false for the older encryption types, which pad, and where there is
// no IOV.
struct WrapShape {
  bool fixed = false;
  size_t header = 0;
  size_t trailer = 0;
  size_t overhead = 0;  // at most
};

struct Context {
  ContextHandle handle;
  ContextRequest request;
  CredentialHandle own;     // in place of the default one, where SPNEGO must be limited
  Oid mechanism;            // none: the library's default
  bool ntlm = false;        // negotiated, or asked for
  bool negotiates = false;  // by SPNEGO
  bool started = false;
  bool complete = false;
  bool failed = false;
  bool dce_style = false;  // known once it is complete
  WrapShape shape[2];      // [0] integrity only, [1] confidential
  bool mic_fixed = false;
  size_t mic_size = 0;  // at most
};

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_HANDLES_H_
