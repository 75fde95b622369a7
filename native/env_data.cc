#include "env_data.h"

#include <optional>
#include <utility>

#include "job.h"

namespace gssapi {

// Workers push, the JavaScript thread drains; one wake-up serves all that ended meanwhile.
class EnvData::Port : public CompletionPort {
 public:
  static std::shared_ptr<Port> Create(EnvData* data) {
    auto port = std::make_shared<Port>();
    port->data_ = data;
    auto* keep = new std::shared_ptr<Port>(port);  // until the function below is finalised
    napi_status status = napi_create_threadsafe_function(
        data->env(), nullptr, nullptr, Napi::String::New(data->env(), "gssapi:Completion"), 0, 1,
        keep, [](napi_env, void* kept, void*) { delete static_cast<std::shared_ptr<Port>*>(kept); },
        port.get(),
        [](napi_env env, napi_value, void* self, void*) {
          if (env != nullptr) static_cast<Port*>(self)->Drain();
        },
        &port->wake_);
    if (status != napi_ok) {
      delete keep;
      throw StatusError{Status::Refuse(kErrOutOfMemory, "no completion port could be made")};
    }
    napi_unref_threadsafe_function(data->env(), port->wake_);
    return port;
  }

  void Push(std::unique_ptr<Work> work) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (data_ == nullptr) return;  // the environment is gone; so is the work, here
    ended_.push_back(std::move(work));
    if (ended_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  }

  void KeepAlive(bool on) {
    if (on) {
      napi_ref_threadsafe_function(data_->env(), wake_);
    } else {
      napi_unref_threadsafe_function(data_->env(), wake_);
    }
  }

  // Until `data_` is null no work is destroyed but on this thread, so that the jobs can still be
  // cancelled; from then on workers destroy what they end.
  void Close(const std::unordered_set<JobBase*>& jobs) {
    std::vector<std::unique_ptr<Work>> dropped;
    std::lock_guard<std::mutex> lock(mutex_);
    for (JobBase* job : jobs) job->Cancel();
    data_ = nullptr;
    dropped.swap(ended_);
    napi_release_threadsafe_function(wake_, napi_tsfn_abort);
  }

 private:
  void Drain() {
    std::vector<std::unique_ptr<Work>> ended;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ended.swap(ended_);
    }
    for (auto& work : ended) {
      if (data_ == nullptr) return;  // an answer's continuation ended the environment
      auto* linked = static_cast<LinkedWork*>(work.get());
      if (linked->job != nullptr) linked->job->Finish(linked);
    }
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Work>> ended_;
  napi_threadsafe_function wake_ = nullptr;
  EnvData* data_ = nullptr;
};

EnvData::EnvData(Napi::Env env) : env_(env) {}
EnvData::~EnvData() = default;

EnvData* EnvData::Create(Napi::Env env) {
  std::shared_ptr<EnvData> data(new EnvData(env));
  data->port_ = Port::Create(data.get());
  auto array = Napi::Uint32Array::New(env, 4);
  data->result_ = array.Data();
  data->result_array = Napi::Persistent(array);
  auto* keep = new std::shared_ptr<EnvData>(data);
  napi_add_env_cleanup_hook(
      env,
      [](void* kept) {
        auto* owned = static_cast<std::shared_ptr<EnvData>*>(kept);
        (*owned)->Close();
        delete owned;
      },
      keep);
  return data.get();
}

void EnvData::KeepAlive(bool on) { static_cast<Port*>(port_.get())->KeepAlive(on); }

// Terminating a worker, or the end of the process: what waits never begins, what runs is left to
// its thread, and every object is released as its finalizer would.
void EnvData::Close() {
  static_cast<Port*>(port_.get())->Close(jobs_);
  for (JobBase* job : jobs_) delete job;
  jobs_.clear();
  by_id_.clear();
  std::unordered_set<HeldBase*> live;
  live.swap(live_);
  for (HeldBase* held : live) {
    held->pending = 0;
    held->Release();
    if (held->collected) delete held;
  }
  last_ = nullptr;
  result_array.Reset();
}

size_t EnvData::Count(Kind kind) const {
  size_t count = 0;
  for (const HeldBase* held : live_) count += held->kind == kind ? 1 : 0;
  return count;
}

void EnvData::Begin(JobBase* job, uint32_t id) {
  job->id = id;
  jobs_.insert(job);
  if (id != 0) by_id_[id] = job;
  if (job->held() != nullptr) job->held()->pending++;
  if (holding_++ == 0) KeepAlive(true);
}

void EnvData::End(JobBase* job) {
  jobs_.erase(job);
  if (job->id != 0) by_id_.erase(job->id);
  if (job->held() != nullptr) job->held()->EndWork();
  if (!job->given_up() && --holding_ == 0) KeepAlive(false);
}

bool EnvData::Cancel(uint32_t id) {
  auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->given_up()) return false;
  found->second->GiveUp();
  if (--holding_ == 0) KeepAlive(false);
  return found->second->Cancel();
}

void HeldBase::Collect(HeldBase* held) {
  held->collected = true;
  if (held->pending != 0) return;
  int64_t total;
  napi_adjust_external_memory(held->owner->env(), -WeightOf(held->kind), &total);
  held->owner->Unregister(held);
  held->Release();
  delete held;
}

void HeldBase::EndWork() {
  pending--;
  if (collected) Collect(this);
}

void JobBase::Start(const std::shared_ptr<JobQueue>& queue, std::unique_ptr<LinkedWork> work,
                    uint32_t id) {
  work->job = this;
  work->port = data_->port();
  work_ = work.get();
  data_->Begin(this, id);
  std::unique_ptr<Work> handed = std::move(work);
  if (queue->Push(&handed)) return;
  auto* linked = static_cast<LinkedWork*>(handed.get());
  linked->status = Status::Refuse(kErrOutOfMemory, "the process cannot make a thread");
  Finish(linked);
}

void JobBase::Finish(LinkedWork* work) {
  std::unique_ptr<JobBase> self(this);
  work->job = nullptr;
  Napi::Env env = data_->env();
  Napi::HandleScope scope(env);
  std::optional<Napi::CallbackScope> callback;
  try {
    callback.emplace(env, async_);
  } catch (const Napi::Error&) {  // being torn down: no continuation will run
  }
  Settle(env, work);
  data_->End(this);  // before the continuations run, which is when `callback` closes
}

void JobBase::Refuse(Napi::Env env, const Status& status) {
  napi_value record = ToRecord(env, status.failure());
  if (record != nullptr) napi_reject_deferred(env, deferred_, record);
}

// While the environment is being torn down every N-API call may fail; nobody is left to hear it
// then.
void JobBase::Settle(Napi::Env env, LinkedWork* work) {
  try {
    if (given_up_ || work->cancelled()) {
      napi_resolve_deferred(env, deferred_,
                            env.Undefined());  // abort.ts has answered; this frees the promise
    } else if (work->status.ok()) {
      napi_resolve_deferred(env, deferred_, Answer(env, work));
    } else {
      Refuse(env, work->status);
    }
  } catch (const StatusError& error) {  // an answer that could not be made
    Refuse(env, error.status);
  } catch (const Napi::Error&) {
    napi_value ignored;
    napi_get_and_clear_last_exception(env, &ignored);
  }
}

}  // namespace gssapi
