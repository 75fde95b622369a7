// What belongs to one JavaScript environment (the main thread, a worker): the registry of its live
// native objects, its pending calls, and the way back from the workers.
#ifndef NATIVE_JS_ENV_DATA_H_
#define NATIVE_JS_ENV_DATA_H_

#include <napi.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "../backend/backend.h"
#include "../pool/credential_gate.h"
#include "../pool/job_queue.h"
#include "../pool/worker_pool.h"

namespace gssapi {

class EnvData;
class JobBase;

enum class Kind : uint8_t { kName, kCredential, kContext };

// What an object weighs outside JavaScript's heap, roughly: so that the collector hears of contexts
// that a program drops without dispose().
constexpr int64_t WeightOf(Kind kind) { return kind == Kind::kContext ? 16 * 1024 : 1024; }

template <class Backend>
struct KindOf;
template <>
struct KindOf<backend::Name> {
  static constexpr Kind value = Kind::kName;
};
template <>
struct KindOf<backend::Credential> {
  static constexpr Kind value = Kind::kCredential;
};
template <>
struct KindOf<backend::Context> {
  static constexpr Kind value = Kind::kContext;
};

// What an external of ours points to. JavaScript's garbage collector owns it; the platform's object
// inside is shared with the work that uses it.
struct HeldBase {
  explicit HeldBase(Kind kind_in) : kind(kind_in) {}
  virtual ~HeldBase() = default;
  virtual void Release() = 0;  // gives the platform's object back, once the work on it has ended
  // The finalizer: while work is pending the object outlives its handle.
  static void Collect(HeldBase* held);
  void EndWork();  // a pending call on this object has been answered

  const Kind kind;
  uint32_t pending = 0;    // calls begun on this object and not yet answered
  bool collected = false;  // no handle is left
  std::shared_ptr<EnvData> owner;
};

template <class Backend>
struct Held : HeldBase {
  Held() : HeldBase(KindOf<Backend>::value) {}
  void Release() override {
    if (value != nullptr) WorkerPool::Instance().Retire(std::move(value));
    value.reset();
  }
  std::shared_ptr<Backend> value;  // null once disposed
  std::shared_ptr<JobQueue> queue = std::make_shared<JobQueue>();
  // Credentials: their own. Contexts: that of the credential they were begun with; null without.
  std::shared_ptr<Gate> gate;
  // Contexts: as of the last completed step, and when that was, in seconds of a steady clock.
  backend::ContextFacts facts;
  double facts_at = 0;
  bool named = false;
  backend::NamePtr names[2];  // initiator, acceptor
  Status unnamed;             // why the names cannot be told, where they cannot
};

class EnvData : public std::enable_shared_from_this<EnvData> {
 public:
  static EnvData* Create(Napi::Env env);
  ~EnvData();

  // ---- registry: an external is ours, alive and of this kind, or it is refused unread
  void Register(HeldBase* held) { live_.insert(held); }
  void Unregister(HeldBase* held) {
    live_.erase(held);
    if (last_ == held) last_ = nullptr;
  }
  bool Contains(void* pointer, Kind kind) {
    auto* held = static_cast<HeldBase*>(pointer);
    if (held == last_) return held->kind == kind;
    if (live_.find(held) == live_.end()) return false;
    last_ = held;
    return held->kind == kind;
  }
  size_t Count(Kind kind) const;

  // ---- pending calls
  void Begin(JobBase* job, uint32_t id);  // keeps the event loop alive
  void End(JobBase* job);
  bool Cancel(uint32_t id);
  size_t pending() const { return jobs_.size(); }
  const std::shared_ptr<CompletionPort>& port() const { return port_; }

  Napi::Env env() const { return env_; }
  uint32_t* result() { return result_; }  // Addon.result: the last synchronous call's other answers
  Napi::Reference<Napi::Uint32Array> result_array;

 private:
  class Port;
  explicit EnvData(Napi::Env env);
  void Drain();
  void Close();
  void KeepAlive(bool on);

  Napi::Env env_;
  std::unordered_set<HeldBase*> live_;
  HeldBase* last_ = nullptr;
  std::unordered_set<JobBase*> jobs_;
  std::unordered_map<uint32_t, JobBase*> by_id_;
  size_t holding_ = 0;  // calls that keep the event loop alive: all but those given up
  std::shared_ptr<CompletionPort> port_;
  uint32_t* result_ = nullptr;
};

}  // namespace gssapi

#endif  // NATIVE_JS_ENV_DATA_H_
