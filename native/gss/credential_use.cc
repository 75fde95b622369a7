#include "credential_use.h"

#include <cstring>
#include <utility>

#include "failure.h"
#include "oid.h"
#include "oid_set.h"

namespace gssapi {
namespace backend {
namespace {

// A step that took longer has probably got a ticket, which a copy would like to have as well.
constexpr auto kTicketFetched = std::chrono::milliseconds(1);
// Elsewhere where a call may change what another one negotiates with.
bool OneAtATime() { return g_gss->mit || g_gss->gss_set_neg_mechs != nullptr; }

constexpr size_t kMostSpare = 8;
constexpr size_t kMostTargets = 256;

// Each mechanism of a credential has a cache of its own.
std::string TicketOf(const Context& context) {
  std::string text;
  std::string type;
  if (!DisplayName(*context.request.target, &text, &type).ok()) return "";
  return OidToText(context.mechanism.get()) + " " + type + " " + text;
}

std::unique_ptr<CredentialSeat> CopyOf(const Credential& credential, const Secret& token) {
  auto copy = std::make_unique<CredentialSeat>();
  gss_buffer_desc input = Input({token.data(), token.size()});
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_import_cred(&minor, &input, copy->handle.out());
  return !GSS_ERROR(major) && Equip(credential, copy.get()).ok() ? std::move(copy) : nullptr;
}

}  // namespace

CredentialUse::CredentialUse(const Credential* credential) : credential_(credential) {
  if (credential == nullptr) return;
  in_use_ = std::shared_lock<std::shared_mutex>(credential->in_use);
  own_ = std::atomic_load(&credential->own);
  seat_ = own_.get();
  if (!OneAtATime()) return;
  CredentialCopies& copies = own_->copies;
  std::unique_lock<std::mutex> lock(copies.mutex);
  since_ = std::chrono::steady_clock::now();
  while (copies.taken) {
    if (!copies.spare.empty()) {
      copy_ = std::move(copies.spare.back());
      copies.spare.pop_back();
      copied_ = copies.exported;
    } else if (copies.exported != nullptr) {
      std::shared_ptr<const Secret> exported = copies.exported;
      lock.unlock();
      copy_ = CopyOf(*credential, *exported);
      copied_ = exported;
      lock.lock();
      if (copy_ == nullptr && copies.exported == exported) copies.exported.reset();
    } else {
      copies.freed.wait(lock);
    }
    if (copy_ != nullptr) {
      seat_ = copy_.get();
      return;
    }
  }
  copies.taken = true;
}

CredentialUse& CredentialUse::operator=(CredentialUse&& other) noexcept {
  End();
  credential_ = std::exchange(other.credential_, nullptr);
  seat_ = std::exchange(other.seat_, nullptr);
  own_ = std::move(other.own_);
  copy_ = std::move(other.copy_);
  copied_ = std::move(other.copied_);
  fetches_ = std::move(other.fetches_);
  in_use_ = std::move(other.in_use_);
  since_ = other.since_;
  return *this;
}

// Not at the first use, since exporting costs as much as a step: most credentials that are used
// once are used once only.
void CredentialUse::Prepare(const Context& context) {
  if (!g_gss->mit || credential_ == nullptr || copy_ != nullptr || !credential_->decided) return;
  if (g_gss->gss_export_cred == nullptr || g_gss->gss_import_cred == nullptr) return;
  std::string ticket = own_->in_memory ? TicketOf(context) : "";
  CredentialCopies& copies = own_->copies;
  {
    std::lock_guard<std::mutex> lock(copies.mutex);
    if (copies.targets.count(ticket) == 0) fetches_ = std::move(ticket);
    if (copies.uses++ == 0 || !copies.stale) return;
    copies.stale = false;
  }
  LibraryBuffer buffer;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_export_cred(&minor, own_->handle.get(), buffer.out());
  if (GSS_ERROR(major) || buffer.size() == 0) return;
  auto exported = std::make_shared<const Secret>(Bytes{buffer.data(), buffer.size()});
  SecureZero(buffer.out()->value, buffer.size());
  std::vector<std::unique_ptr<CredentialSeat>> outdated;
  std::lock_guard<std::mutex> lock(copies.mutex);
  copies.exported = std::move(exported);
  outdated.swap(copies.spare);
}

void CredentialUse::End() {
  if (credential_ == nullptr) return;
  credential_ = nullptr;
  if (OneAtATime()) {
    CredentialCopies& copies = own_->copies;
    bool fetched = std::chrono::steady_clock::now() - since_ > kTicketFetched || !fetches_.empty();
    std::lock_guard<std::mutex> lock(copies.mutex);
    if (copy_ == nullptr) {
      copies.taken = false;
      copies.freed.notify_one();
      if (own_->in_memory && fetched) copies.stale = true;
      if (copies.targets.size() >= kMostTargets) copies.targets.clear();
      if (!fetches_.empty()) copies.targets.insert(std::move(fetches_));
    } else if (copied_ == copies.exported && copies.spare.size() < kMostSpare) {
      copies.spare.push_back(std::move(copy_));
    }
  }
  copy_.reset();
  copied_.reset();
  fetches_.clear();
  own_.reset();
  in_use_ = {};
  seat_ = nullptr;
}

Beside::Beside(const Credential* credential) {
  if (credential == nullptr) return;
  in_use_ = std::shared_lock<std::shared_mutex>(credential->in_use);
  own_ = std::atomic_load(&credential->own);
}

Status Equip(const Credential& credential, CredentialSeat* seat) {
  for (const auto& [key, change] : credential.changes) {
    Status status = change(&seat->handle);
    if (!status.ok()) return status;
  }
  OidSet limits;
  if (credential.limits.empty()) return Status::Ok();
  Status status = limits.Read("gss_set_neg_mechs", credential.limits);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_set_neg_mechs(&minor, seat->handle.get(), limits.set());
  bool applies = GSS_ROUTINE_ERROR(major) != GSS_S_UNAVAILABLE;  // it has a part for SPNEGO
  if (applies && GSS_ERROR(major)) return Check("gss_set_neg_mechs", major, minor, SpnegoOid());
  seat->told = credential.limits;
  return status;
}

void ForgetCopies(Credential* credential) {
  CredentialCopies& copies = credential->own->copies;
  std::lock_guard<std::mutex> lock(copies.mutex);
  copies.exported.reset();
  copies.spare.clear();
  copies.stale = true;
}

}  // namespace backend
}  // namespace gssapi
