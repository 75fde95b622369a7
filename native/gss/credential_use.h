// Which of the library's handles a call uses a credential by: the credential's own, or a copy's
// while that is in use.
#ifndef NATIVE_GSS_CREDENTIAL_USE_H_
#define NATIVE_GSS_CREDENTIAL_USE_H_

#include <chrono>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "handles.h"

namespace gssapi {
namespace backend {

// Quirk(mit): 1.20's krb5 keeps a credential locked while it asks a KDC with it (kg_cred_resolve in
// acquire_cred.c locks, gss_init_sec_context unlocks at its end), for all of its contexts. So the
// credential is exported before a step, and whoever comes while the step lasts imports a copy.
class CredentialUse {
 public:
  CredentialUse() = default;
  // `credential` may be null. Waits where the handle is in use and no copy can be made; the gate in
  // front of asynchronous calls (credential_gate.h) spares them that.
  explicit CredentialUse(const Credential* credential);
  ~CredentialUse() { End(); }
  CredentialUse(CredentialUse&& other) noexcept { *this = std::move(other); }
  CredentialUse& operator=(CredentialUse&& other) noexcept;

  // What of the credential may be looked up by copies later on; before a step that may be slow.
  void Prepare(const Context& context);
  gss_cred_id_t get() const { return seat_ == nullptr ? GSS_C_NO_CREDENTIAL : seat_->handle.get(); }
  // What SPNEGO may choose, as this handle was told last.
  std::vector<std::string>* told() const { return &seat_->told; }

 private:
  void End();
  const Credential* credential_ = nullptr;
  std::shared_ptr<CredentialOwn> own_;
  std::shared_ptr<const Secret> copied_;  // what copy_ was made of
  std::string fetches_;                   // of which own_ has no ticket yet
  CredentialSeat* seat_ = nullptr;
  std::unique_ptr<CredentialSeat> copy_;  // of which seat_ is then
  std::shared_lock<std::shared_mutex> in_use_;
  std::chrono::steady_clock::time_point since_;
};

inline CredentialUse Using(const Credential& credential) { return CredentialUse(&credential); }

// The use of a second credential, of which no seat is taken. May be null.
class Beside {
 public:
  explicit Beside(const Credential* credential);
  gss_cred_id_t get() const { return own_ == nullptr ? GSS_C_NO_CREDENTIAL : own_->handle.get(); }

 private:
  std::shared_lock<std::shared_mutex> in_use_;
  std::shared_ptr<CredentialOwn> own_;
};

// Sets on a new seat what its owner has set on the credential, which is in use.
Status Equip(const Credential& credential, CredentialSeat* seat);
// The credential changed, which is held alone: copies of what it was are let go.
void ForgetCopies(Credential* credential);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_CREDENTIAL_USE_H_
