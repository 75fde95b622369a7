#include "job_queue.h"

#include <new>
#include <utility>

#include "worker_pool.h"

namespace gssapi {

bool JobQueue::Push(std::unique_ptr<Work>* work) {
  std::unique_lock<std::mutex> lock(mutex_);
  jobs_.push_back(std::move(*work));
  if (active_) return true;
  active_ = true;
  lock.unlock();
  if (WorkerPool::Instance().Post(shared_from_this())) return true;
  lock.lock();
  active_ = false;
  *work = std::move(jobs_.back());
  jobs_.pop_back();
  return false;
}

bool JobQueue::RunNext() {
  std::unique_lock<std::mutex> lock(mutex_);
  std::unique_ptr<Work> work = std::move(jobs_.front());
  jobs_.pop_front();
  lock.unlock();
  if (work->Begin()) {
    try {
      work->Run();
    } catch (const std::bad_alloc&) {
      work->status = Status::Refuse(kErrOutOfMemory, "memory ran out");
    }
  }
  std::shared_ptr<CompletionPort> port = work->port;
  port->Push(std::move(work));
  lock.lock();
  active_ = !jobs_.empty();
  return active_;
}

}  // namespace gssapi
