// The one job template: work on a worker thread, then an answer to a promise on the JavaScript
// thread.
#ifndef NATIVE_JS_JOB_H_
#define NATIVE_JS_JOB_H_

#include <napi.h>

#include <memory>
#include <optional>
#include <utility>

#include "../pool/job_queue.h"
#include "convert.h"
#include "env_data.h"

namespace gssapi {

class JobBase;

// The half that a worker may destroy, with the environment long gone. `job` is null from then on.
class LinkedWork : public Work {
 public:
  JobBase* job = nullptr;  // read and written on the JavaScript thread only
};

// The half that JavaScript sees. It lives from the call to the answer, on the JavaScript thread.
class JobBase {
 public:
  JobBase(EnvData* data, const char* resource, HeldBase* held)
      : data_(data), held_(held), async_(data->env(), resource) {
    if (napi_create_promise(data->env(), &deferred_, &promise_) != napi_ok) {
      throw StatusError{Status::Refuse(kErrOutOfMemory, "no promise could be made")};
    }
  }
  virtual ~JobBase() = default;

  Napi::Value promise() const { return Napi::Value(data_->env(), promise_); }
  // Takes the work back where it has not begun, and answers whether it had not; else a worker keeps
  // it, of whose lane it holds no place any longer.
  bool Cancel(std::unique_ptr<Work>* taken);
  void GiveUp() { given_up_ = true; }
  bool given_up() const { return given_up_; }
  HeldBase* held() const { return held_; }
  uint32_t id = 0;

  // The work ended; `this` is gone afterwards.
  void Finish(LinkedWork* work);

 protected:
  virtual Napi::Value Answer(Napi::Env env, LinkedWork* work) = 0;
  void Start(const std::shared_ptr<JobQueue>& queue, std::unique_ptr<LinkedWork> work, uint32_t id);

  EnvData* data_;
  HeldBase* held_;
  LinkedWork* work_ = nullptr;
  std::shared_ptr<JobQueue> queue_;

 private:
  void Settle(Napi::Env env, LinkedWork* work);
  void Refuse(Napi::Env env, const Status& status);

  napi_deferred deferred_ = nullptr;
  napi_value promise_ = nullptr;  // during the call only
  Napi::AsyncContext async_;
  bool given_up_ = false;
};

// What a call waits for: a lane of the pool, and a credential that it uses (its gate, or null).
struct Where {
  Where(Lane lane_in, std::shared_ptr<Gate> gate_in = nullptr)  // NOLINT: a lane is mostly all
      : lane(lane_in), gate(std::move(gate_in)) {}
  Lane lane;
  std::shared_ptr<Gate> gate;
};

// Begins a call: `run` (on a worker, no N-API) fills an Output; `answer` makes the promise's value
// of it. `resource` is what async_hooks sees. `held` (may be null) is the object whose calls this
// one queues with.
template <class Output, class RunFn, class AnswerFn>
Napi::Value Submit(EnvData* data, const char* resource, const Where& where, HeldBase* held,
                   const std::shared_ptr<JobQueue>& queue, uint32_t id, RunFn run,
                   AnswerFn answer) {
  struct TypedWork : LinkedWork {
    explicit TypedWork(RunFn&& fn) : run(std::move(fn)) {}
    void Run() override { status = (*run)(&output); }
    // What was captured (a context, a token, a password) is let go on the worker, or where the call
    // is taken back, not with the answer.
    void Forget() noexcept override { run.reset(); }
    std::optional<RunFn> run;
    Output output;
  };
  struct TypedJob : JobBase {
    TypedJob(EnvData* d, const char* r, HeldBase* h, AnswerFn&& fn)
        : JobBase(d, r, h), answer(std::move(fn)) {}
    Napi::Value Answer(Napi::Env env, LinkedWork* work) override {
      return answer(env, static_cast<TypedWork*>(work)->output);
    }
    void Go(const std::shared_ptr<JobQueue>& q, std::unique_ptr<LinkedWork> work, uint32_t job_id) {
      Start(q, std::move(work), job_id);
    }
    AnswerFn answer;
  };
  auto work = std::make_unique<TypedWork>(std::move(run));
  work->lane = where.lane;
  work->gate = where.gate;
  auto* job = new TypedJob(data, resource, held, std::move(answer));
  Napi::Value promise = job->promise();
  job->Go(queue, std::move(work), id);
  return promise;
}

}  // namespace gssapi

#endif  // NATIVE_JS_JOB_H_
