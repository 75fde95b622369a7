#include "credential_origin.h"

#include <algorithm>

#include "credential_choice.h"
#include "credential_parts.h"
#include "credential_use.h"
#include "explain.h"
#include "failure.h"
#include "krb5_library.h"

namespace gssapi {
namespace backend {
namespace {

constexpr int64_t kRetryMilliseconds = 1000;

int64_t Now() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

using Places = std::vector<std::pair<std::string, std::string>>;

const std::string* Find(const Places& places, const std::string& key) {
  for (const auto& [name, value] : places) {
    if (name == key) return &value;
  }
  return nullptr;
}

// The default ticket cache of the thread, for the calls that take no store; null for the process's.
void SetThreadCache(const char* name) {
  OM_uint32 minor;
  if (g_gss->gss_krb5_ccache_name != nullptr) g_gss->gss_krb5_ccache_name(&minor, name, nullptr);
}

class ThreadCache {
 public:
  explicit ThreadCache(const std::string& name) { SetThreadCache(name.c_str()); }
  ~ThreadCache() { SetThreadCache(nullptr); }
  ThreadCache(const ThreadCache&) = delete;
  ThreadCache& operator=(const ThreadCache&) = delete;
};

uint32_t LifetimeOf(gss_cred_id_t credential) {
  OM_uint32 lifetime = 0;
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_inquire_cred(&minor, credential, nullptr, &lifetime, nullptr, nullptr);
  return GSS_ERROR(major) ? 0 : lifetime;
}

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// Mechanisms that take no store (NTLM) come one by one.
void AddOthers(const Origin& origin, gss_name_t name, const std::string& cache,
               const std::vector<std::string>& made, gss_cred_id_t credential) {
  if (g_gss->gss_add_cred == nullptr) return;
  ThreadCache here(cache);
  for (const std::string& text : origin.had) {
    Oid mechanism(text);
    if (Has(made, text) || !mechanism) continue;
    OM_uint32 minor;
    g_gss->gss_add_cred(&minor, credential, name, mechanism.get(), static_cast<int>(origin.usage),
                        origin.lifetime, origin.lifetime, nullptr, nullptr, nullptr, nullptr);
  }
}

// As it was acquired, with the tickets in `cache`; by the thread's default cache where no mechanism
// takes a store.
Status Make(const Origin& origin, gss_name_t name, const std::string& cache,
            CredentialHandle* result) {
  OidSet mechanisms;
  Status status = mechanisms.Read("gss_acquire_cred", origin.mechanisms);
  if (!status.ok()) return status;
  std::vector<std::pair<std::string, Secret>> elements;
  for (const auto& [key, value] : origin.places) {
    if (key != "ccache") elements.emplace_back(key, Secret(BytesOf(value)));
  }
  elements.emplace_back("ccache", Secret(BytesOf(cache)));
  KeyValueSet store(elements);
  OidSetHandle made;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_acquire_cred_from(&minor, name, origin.lifetime, mechanisms.set(),
                                                 static_cast<int>(origin.usage), store.set(),
                                                 result->out(), made.out(), nullptr);
  if (!GSS_ERROR(major)) {
    AddOthers(origin, name, cache, ToTexts(made.get()), result->get());
    return status;
  }
  status = Check("gss_acquire_cred_from", major, minor, mechanisms.first());
  ThreadCache here(cache);
  major = g_gss->gss_acquire_cred(&minor, name, origin.lifetime, mechanisms.set(),
                                  static_cast<int>(origin.usage), result->out(), nullptr, nullptr);
  if (!GSS_ERROR(major)) return Status::Ok();
  OidSet krb5;
  if (!status.failure().minor_name.empty() || !krb5.Read("gss_acquire_cred", {kKrb5Oid}).ok()) {
    return status;
  }
  // SPNEGO does not say why it finds no mechanism with a credential; krb5 does.
  CredentialHandle unused;
  major = g_gss->gss_acquire_cred_from(&minor, name, origin.lifetime, krb5.set(),
                                       static_cast<int>(origin.usage), store.set(), unused.out(),
                                       nullptr, nullptr);
  Status asked = Check("gss_acquire_cred_from", major, minor, krb5.first());
  return ExplainedBy(asked, std::move(status));
}

bool IsInMemory(const std::string& cache) { return cache.rfind("MEMORY:", 0) == 0; }

// Takes the place of the credential's own, with the same options, and no copies.
Status Replace(const Credential& credential, const std::string& cache, CredentialHandle made) {
  auto fresh = std::make_shared<CredentialOwn>();
  fresh->handle = std::move(made);
  fresh->in_memory = IsInMemory(cache);
  std::shared_lock<std::shared_mutex> in_use(credential.in_use);
  Status status = Equip(credential, fresh.get());
  if (status.ok()) std::atomic_store(&credential.own, std::move(fresh));
  return status;
}

NamePtr PrincipalName(const std::string& text) {
  static constexpr char kPrincipalType[] = "1.2.840.113554.1.2.2.1";
  NamePtr name;
  if (text.empty() || !ImportName(BytesOf(text), kPrincipalType, &name).ok()) return nullptr;
  return name;
}

void KeepPlace(Origin* origin, const std::string& cache) {
  Places& places = origin->places;
  places.erase(std::remove_if(places.begin(), places.end(),
                              [](const auto& each) { return each.first == "ccache"; }),
               places.end());
  places.emplace_back("ccache", cache);
}

void Measure(Origin* origin, uint32_t lifetime) { origin->renew_below = lifetime / 2; }

// Under `making`. What it decides on stays decided.
Status Decide(const Credential& credential, const NamePtr& target) {
  Origin* origin = credential.origin.get();
  Krb5Session session;
  Status status = session.Begin();
  Choice choice;
  if (status.ok()) status = Choose(session, origin->collection, origin->renews, target, &choice);
  if (!status.ok()) return status;
  NamePtr name = PrincipalName(choice.principal);
  CredentialHandle made;
  status = Make(*origin, HandleOf(name), choice.cache, &made);
  if (!status.ok()) return status;
  if (origin->renews) Measure(origin, LifetimeOf(made.get()));
  status = Replace(credential, choice.cache, std::move(made));
  if (!status.ok()) return status;
  KeepPlace(origin, choice.cache);
  origin->name = name;
  origin->open = false;
  return status;
}

// Whether half of its tickets' life is over, and it was not just tried in vain.
bool IsDue(const Credential& credential, uint32_t* left) {
  const Origin& origin = *credential.origin;
  if (Now() < origin.not_before) return false;
  *left = LifetimeOf(Using(credential).get());
  return *left <= origin.renew_below;
}

// MIT gets new tickets into the same cache when it acquires anew after half of their life. While
// the old ones are good one caller does so, and the others go on; afterwards they wait for it. What
// fails is tried again, and until then the old ones are as good as they are.
void Renew(const Credential& credential) {
  Origin* origin = credential.origin.get();
  uint32_t left = 0;
  if (!IsDue(credential, &left)) return;
  std::unique_lock<std::mutex> making(origin->making, std::defer_lock);
  if (left == 0) {
    making.lock();
  } else if (!making.try_lock()) {
    return;
  }
  if (!IsDue(credential, &left)) return;
  const std::string* cache = Find(origin->places, "ccache");
  CredentialHandle made;
  std::string place = cache == nullptr ? "" : *cache;
  Status status = Make(*origin, HandleOf(origin->name), place, &made);
  uint32_t lifetime = status.ok() ? LifetimeOf(made.get()) : 0;
  origin->not_before = Now() + kRetryMilliseconds;
  if (lifetime <= left || !Replace(credential, place, std::move(made)).ok()) return;
  Measure(origin, lifetime);
}

}  // namespace

bool HasMoved(const Environment& before) {
  Environment now = ReadEnvironment();
  return now.ccache != before.ccache || now.keytab != before.keytab ||
         now.client_keytab != before.client_keytab;
}

PinnedCache::PinnedCache(const CredentialRequest& request) {
  if (Krb5Mit() == nullptr || request.usage == Usage::kAccept || request.password.present()) return;
  for (const auto& [key, value] : request.store) {
    if (key == "ccache" || key == "password") return;
  }
  const std::string& collection = request.environment.ccache;
  std::string cache = request.name == nullptr ? "" : CacheOf(request.name, collection);
  Krb5Session session;
  if (cache.empty() && session.Begin().ok()) {
    Choice choice;
    if (Choose(session, collection, false, nullptr, &choice).ok()) cache = choice.cache;
  }
  set_ = !cache.empty();
  if (set_) SetThreadCache(cache.c_str());
}

PinnedCache::~PinnedCache() {
  if (set_) SetThreadCache(nullptr);
}

bool HasClientKeytab(const Origin& origin) {
  const std::string* name = Find(origin.places, "client_keytab");
  Krb5Session session;
  if (name == nullptr || Krb5Mit() == nullptr || !session.Begin().ok()) return false;
  Keytab keytab(session);
  return keytab.Resolve(*name).ok() &&
         Krb5Mit()->krb5_kt_have_content(session.get(), keytab.get()) == 0;
}

std::vector<std::string> Listed(const Origin& origin) {
  std::vector<std::string> places = {origin.collection};
  for (const auto& [key, value] : origin.places) {
    places.push_back(key);
    places.push_back(value);
  }
  return places;
}

void AttachOrigin(const CredentialRequest& request, const std::vector<std::string>& had,
                  Credential* credential) {
  if (Krb5Mit() == nullptr || g_gss->gss_acquire_cred_from == nullptr) return;
  if (request.usage == Usage::kAccept || request.password.present()) return;
  auto origin = std::make_shared<Origin>();
  for (const auto& [key, value] : request.store) {
    if (key == "password") return;
    origin->places.emplace_back(key, value.text());
  }
  Krb5Session session;
  if (!session.Begin().ok()) return;
  const Environment& environment = request.environment;
  auto complete = [&origin](const char* key, const std::string& said,
                            std::string (*otherwise)(const Krb5Session&),
                            const Krb5Session& where) {
    if (Find(origin->places, key) != nullptr) return;
    std::string place = said.empty() ? otherwise(where) : said;
    if (!place.empty()) origin->places.emplace_back(key, place);
  };
  complete("client_keytab", environment.client_keytab, ClientKeytab, session);
  if (request.usage == Usage::kBoth) {
    complete("keytab", environment.keytab, DefaultKeytab, session);
  }
  const char* collection = Krb5Mit()->krb5_cc_default_name(session.get());
  origin->collection = !environment.ccache.empty() ? environment.ccache
                       : collection == nullptr     ? ""
                                                   : collection;
  bool elsewhere = Find(origin->places, "ccache") != nullptr;
  origin->open = request.name == nullptr && !elsewhere;
  origin->renews = HasClientKeytab(*origin);
  if (!origin->open && !origin->renews) return;
  if (!origin->open && request.name != nullptr) {
    const std::string* named = Find(origin->places, "ccache");
    std::string cache = CacheOf(request.name, named == nullptr ? origin->collection : *named);
    if (cache.empty() && !elsewhere) return;
    if (!cache.empty()) KeepPlace(origin.get(), cache);
  }
  origin->name = request.name;
  origin->usage = request.usage;
  origin->mechanisms = request.mechanisms;
  origin->had = had;
  origin->lifetime = request.lifetime;
  if (origin->open) origin->open_places = Listed(*origin);
  if (!origin->open) Measure(origin.get(), LifetimeOf(credential->own->handle.get()));
  credential->origin = std::move(origin);
}

Status Prepare(const Credential& credential, const NamePtr& target, const char* call) {
  Origin* origin = credential.origin.get();
  if (origin == nullptr) return Status::Ok();
  if (origin->open) {
    std::lock_guard<std::mutex> making(origin->making);
    if (!origin->open) return Status::Ok();
    Status status = Decide(credential, target);
    if (!status.ok()) status.failure().call = call;
    return status;
  }
  if (origin->renews) Renew(credential);
  return Status::Ok();
}

}  // namespace backend
}  // namespace gssapi
