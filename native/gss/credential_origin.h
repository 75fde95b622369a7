// Where a credential comes from, so that it can be made anew: one that left open whose it is, when
// that is decided; one from a client keytab, when its tickets come to their end.
// Quirk(mit): up to 1.21 at least (gssapi/krb5/acquire_cred.c, kg_cred_resolve) the first reads
// KRB5CCNAME at its first use, and acts as whoever it names by then; the second gets tickets only
// when it is acquired.
#ifndef NATIVE_GSS_CREDENTIAL_ORIGIN_H_
#define NATIVE_GSS_CREDENTIAL_ORIGIN_H_

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "handles.h"

namespace gssapi {
namespace backend {

struct Origin {
  NamePtr name;  // null: whose the cache is
  Usage usage = Usage::kInitiate;
  std::vector<std::string> mechanisms;  // as asked for
  std::vector<std::string> had;         // as they were had
  uint32_t lifetime = kIndefinite;
  // A store's elements, without a password, and with the process's own where none was named.
  std::vector<std::pair<std::string, std::string>> places;
  // The caches of which one is chosen when a target is known.
  std::string collection;
  std::atomic<bool> open{false};
  std::vector<std::string> open_places;  // see ExportCredential; constant
  bool renews = false;                   // by a client keytab
  std::mutex making;
  std::atomic<uint32_t> renew_below{0};  // seconds of lifetime left
  std::atomic<int64_t> not_before{0};    // of the next attempt, in milliseconds of a steady clock
};

// To `credential`, which has just been acquired by `request`: what the environment and krb5.conf
// say, so that it is held to that.
void AttachOrigin(const CredentialRequest& request, const std::vector<std::string>& had,
                  Credential* credential);

// Before a use, on a thread that may wait: decides whose an open credential is, by the target if
// there is one, and renews one from a client keytab. Failures have `call`.
Status Prepare(const Credential& credential, const NamePtr& target, const char* call);

// While it lives the thread's default ticket cache is the one that a request means which names
// none: by its name, else the first, among those of the environment at the moment of the call. For
// calls that would look into the environment of another moment, or leave it open.
class PinnedCache {
 public:
  explicit PinnedCache(const CredentialRequest& request);
  ~PinnedCache();
  PinnedCache(const PinnedCache&) = delete;
  PinnedCache& operator=(const PinnedCache&) = delete;

 private:
  bool set_ = false;
};

// Whether the environment is no longer what it was at the moment of the call.
bool HasMoved(const Environment& before);

bool HasClientKeytab(const Origin& origin);
std::vector<std::string> Listed(const Origin& origin);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_CREDENTIAL_ORIGIN_H_
