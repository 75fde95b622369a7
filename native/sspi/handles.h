// SSPI's handles as move-only types: the only place that releases them.
#ifndef NATIVE_SSPI_HANDLES_H_
#define NATIVE_SSPI_HANDLES_H_

#include <utility>

#include "library.h"

namespace gssapi {
namespace backend {

// SSPI's macro for it is two statements, of which an `if` would take but the first.
inline void Invalidate(SecHandle* handle) {
  handle->dwLower = static_cast<ULONG_PTR>(-1);
  handle->dwUpper = static_cast<ULONG_PTR>(-1);
}

// Both kinds of handle are pairs of numbers (SecHandle); Release ends one that is valid.
template <void (*ReleaseFn)(SecHandle*)>
class Handle {
 public:
  Handle() { Invalidate(&value_); }
  ~Handle() { Reset(); }
  Handle(Handle&& other) noexcept : value_(other.value_) { Invalidate(&other.value_); }
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      Reset();
      value_ = other.value_;
      Invalidate(&other.value_);
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // SSPI takes all its handles by pointers without const.
  SecHandle* get() const { return valid() ? const_cast<SecHandle*>(&value_) : nullptr; }
  SecHandle* out() { return &value_; }  // for a function that fills it, or moves it on
  bool valid() const { return SecIsValidHandle(&value_); }
  void Reset() {
    if (valid()) ReleaseFn(&value_);
    Invalidate(&value_);
  }

 private:
  SecHandle value_;
};

inline void ReleaseCredential(SecHandle* handle) { Table()->FreeCredentialsHandle(handle); }
inline void ReleaseContext(SecHandle* handle) { Table()->DeleteSecurityContext(handle); }

using CredentialHandle = Handle<ReleaseCredential>;
using ContextHandle = Handle<ReleaseContext>;

// Memory that SSPI allocates, and that goes back to it.
template <class T>
class ContextBuffer {
 public:
  ContextBuffer() = default;
  explicit ContextBuffer(T* value) : value_(value) {}
  ~ContextBuffer() {
    if (value_ != nullptr) Table()->FreeContextBuffer(const_cast<void*>(Plain(value_)));
  }
  ContextBuffer(const ContextBuffer&) = delete;
  ContextBuffer& operator=(const ContextBuffer&) = delete;

  T* get() const { return value_; }
  T** out() { return &value_; }
  T* operator->() const { return value_; }
  explicit operator bool() const { return value_ != nullptr; }

 private:
  static const void* Plain(const T* value) { return value; }
  T* value_ = nullptr;
};

// SSPI has no names: they are text, and a name type's object identifier.
struct Name {
  std::string text;
  std::string type;
  bool of_mechanism = false;  // canonicalised, so it can be exported
};

// What one package needs for one name. Initiating and accepting have a handle each: a package may
// refuse to give one for both.
struct PackageCredential {
  std::string package;
  CredentialHandle outbound;
  CredentialHandle inbound;
  TimeStamp expiry = {};
};

struct Credential {
  NamePtr name;  // null: whoever runs the process
  Usage usage = Usage::kInitiate;
  std::vector<PackageCredential> packages;

  const PackageCredential* For(const std::string& package) const {
    for (const PackageCredential& each : packages) {
      if (each.package == package) return &each;
    }
    return nullptr;
  }
};

struct Context {
  ContextRequest request;
  std::string package;       // empty while an acceptor's is not known
  std::string negotiated;    // what a negotiation chose, once complete
  std::wstring target;       // an initiator's, as a service principal name
  CredentialPtr credential;  // the request's, or the default one
  uint32_t max_token = 0;    // bytes: cbMaxToken
  ContextHandle handle;
  bool started = false;
  bool complete = false;
  bool failed = false;
  uint32_t flags = 0;  // GSS_C_*_FLAG
  bool local_expiry = false;
  TimeStamp expiry = {};
  SecPkgContext_Sizes sizes = {};
  // The sequence number of the last message that was accepted, by which a refused one is told to be
  // a repetition or to follow a gap.
  bool received = false;
  uint64_t last_received = 0;
  uint64_t ahead = 0;  // the highest number that was refused because of a gap before it
};

// The handle of one side, where the credential has one for this package.
inline SecHandle* HandleOf(const Credential& credential, const std::string& package,
                           bool initiator) {
  const PackageCredential* found = credential.For(package);
  if (found == nullptr) return nullptr;
  return initiator ? found->outbound.get() : found->inbound.get();
}

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_HANDLES_H_
