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

  // A list through the works themselves: no memory is asked for on a worker.
  void Push(std::unique_ptr<Work> work) noexcept override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (data_ == nullptr) return;  // the environment is gone; so is the work, here
    bool first = ended_ == nullptr;
    std::unique_ptr<Work>& end = first ? ended_ : last_->next;
    last_ = work.get();
    end = std::move(work);
    if (first) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  }

  void KeepAlive(bool on) {
    if (on) {
      napi_ref_threadsafe_function(data_->env(), wake_);
    } else {
      napi_unref_threadsafe_function(data_->env(), wake_);
    }
  }

  // From now on workers destroy what they end.
  void Close() {
    std::unique_ptr<Work> dropped;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      data_ = nullptr;
      dropped = std::move(ended_);
      napi_release_threadsafe_function(wake_, napi_tsfn_abort);
    }
    while (dropped != nullptr) dropped = std::move(dropped->next);
  }

 private:
  void Drain() {
    std::unique_ptr<Work> ended;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ended = std::move(ended_);
    }
    while (ended != nullptr) {
      // An answer's continuation may end the environment; what is left is then only destroyed.
      auto* linked = static_cast<LinkedWork*>(ended.get());
      if (data_ != nullptr && linked->job != nullptr) linked->job->Finish(linked);
      ended = std::move(ended->next);
    }
  }

  std::mutex mutex_;
  std::unique_ptr<Work> ended_;  // the first, which holds the rest
  Work* last_ = nullptr;         // of those, where there are any
  napi_threadsafe_function wake_ = nullptr;
  EnvData* data_ = nullptr;
};

EnvData::EnvData(Napi::Env env) : env_(env) {}
EnvData::~EnvData() = default;

EnvData* EnvData::Create(Napi::Env env) {
  std::shared_ptr<EnvData> data(new EnvData(env));
  backend::BeforeThreads();
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
  // Until the port is closed no work is destroyed but on this thread, so that each job has its own.
  std::unique_ptr<Work> taken;
  for (JobBase* job : jobs_) {
    std::unique_ptr<Work> work;
    job->Cancel(&work);
    if (work == nullptr) continue;
    work->next = std::move(taken);
    taken = std::move(work);
  }
  static_cast<Port*>(port_.get())->Close();
  while (taken != nullptr) taken = std::move(taken->next);
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
  JobBase* job = found->second;
  job->GiveUp();
  if (--holding_ == 0) KeepAlive(false);
  std::unique_ptr<Work> taken;
  bool never = job->Cancel(&taken);
  if (taken != nullptr) {
    taken->Forget();
    port_->Push(std::move(taken));  // the job ends as others do
  }
  return never;
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
  queue_ = queue;
  data_->Begin(this, id);
  std::unique_ptr<Work> handed = std::move(work);
  try {
    if (queue->Push(&handed)) return;
  } catch (const std::bad_alloc&) {
  }
  auto* linked = static_cast<LinkedWork*>(handed.get());
  linked->status = Status::Refuse(kErrOutOfMemory, "the process cannot make a thread");
  Finish(linked);
}

bool JobBase::Cancel(std::unique_ptr<Work>* taken) {
  if (work_->Cancel()) {
    *taken = queue_->Take(work_);  // or a worker has come to it, and finds it cancelled
    return true;
  }
  if (work_->Abandon()) WorkerPool::Instance().Abandoned(work_->lane);
  return false;
}

namespace {

Status StatusOf(LinkedWork* work) {
  switch (work->thrown) {
    case Work::Thrown::kNothing:
      return std::move(work->status);
    case Work::Thrown::kNoMemory:
      return Status::Refuse(kErrOutOfMemory, "memory ran out");
    case Work::Thrown::kOther:
      break;
  }
  return Status::Refuse(kErrInternalAssertion, work->thrown_text);
}

}  // namespace

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
    Status status = StatusOf(work);
    if (given_up_ || work->cancelled()) {
      napi_resolve_deferred(env, deferred_,
                            env.Undefined());  // abort.ts has answered; this frees the promise
    } else if (status.ok()) {
      napi_resolve_deferred(env, deferred_, Answer(env, work));
    } else {
      Refuse(env, status);
    }
  } catch (const StatusError& error) {  // an answer that could not be made
    Refuse(env, error.status);
  } catch (const Napi::Error&) {
    napi_value ignored;
    napi_get_and_clear_last_exception(env, &ignored);
  }
}

}  // namespace gssapi
