#include "job_queue.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <utility>

#include "credential_gate.h"
#include "worker_pool.h"

namespace gssapi {

void Work::RunSafely() noexcept {
  try {
    Run();
  } catch (const std::bad_alloc&) {
    thrown = Thrown::kNoMemory;
  } catch (const std::exception& error) {
    thrown = Thrown::kOther;
    snprintf(thrown_text, sizeof(thrown_text), "%s", error.what());
  } catch (...) {
    thrown = Thrown::kOther;
  }
}

bool JobQueue::Push(std::unique_ptr<Work>* work) {
  std::unique_lock<std::mutex> lock(mutex_);
  Lane lane = (*work)->lane;
  jobs_.push_back(nullptr);
  jobs_.back() = std::move(*work);
  if (active_) return true;
  active_ = true;
  lock.unlock();
  bool posted = false;
  try {
    posted = WorkerPool::Instance().Post(shared_from_this(), lane);
  } catch (const std::bad_alloc&) {
  }
  if (posted) return true;
  lock.lock();
  active_ = false;
  *work = std::move(jobs_.back());
  jobs_.pop_back();
  return false;
}

std::unique_ptr<Work> JobQueue::Take(const Work* work) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto is_it = [work](const std::unique_ptr<Work>& job) { return job.get() == work; };
  auto found = std::find_if(jobs_.begin(), jobs_.end(), is_it);
  if (found == jobs_.end()) return nullptr;
  std::unique_ptr<Work> taken = std::move(*found);
  jobs_.erase(found);
  // An empty queue has nothing to wait for. Where it is not in a list, a worker has it.
  if (jobs_.empty() &&
      (WorkerPool::Instance().Withdraw(this) || (gate_ != nullptr && gate_->Withdraw(this)))) {
    LeaveGate(nullptr);  // a gate may have let it in already
    active_ = false;
  }
  return taken;
}

// It was let in for a job that has been taken back: gives the place to the next.
void JobQueue::LeaveGate(const std::shared_ptr<Gate>& other) {
  if (!admitted_ || gate_ == other) return;
  admitted_ = false;
  gate_->Leave(Gate::Clock::now());
}

JobQueue::Outcome JobQueue::RunNext(Lane taken, QueueList* self) noexcept {
  std::unique_lock<std::mutex> lock(mutex_);
  if (jobs_.empty()) {
    LeaveGate(nullptr);
    active_ = false;
    return {};
  }
  std::shared_ptr<Gate> gate = jobs_.front()->gate;
  LeaveGate(gate);
  if (jobs_.front()->lane != taken) return {true, jobs_.front()->lane, false};
  Gate::Clock::time_point since;
  std::shared_ptr<JobQueue> self_kept;
  if (gate != nullptr) {
    self_kept = shared_from_this();  // at the gate somebody else may run it, and let it go
    gate_ = gate;
    if (!admitted_ && !gate->Enter(self)) return {};
    admitted_ = false;
    since = Gate::Clock::now();
  }
  std::unique_ptr<Work> work = std::move(jobs_.front());
  jobs_.pop_front();
  lock.unlock();
  if (work->Begin()) work->RunSafely();
  Outcome outcome;
  outcome.abandoned = !work->End() && !work->cancelled();
  work->Forget();
  if (gate != nullptr) gate->Leave(since);
  std::shared_ptr<CompletionPort> port = work->port;
  port->Push(std::move(work));
  lock.lock();
  active_ = !jobs_.empty();
  outcome.more = active_;
  if (active_) outcome.lane = jobs_.front()->lane;
  return outcome;
}

}  // namespace gssapi
