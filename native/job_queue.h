// One FIFO per object: its calls run one at a time, in call order, on whichever worker is free.
#ifndef NATIVE_JOB_QUEUE_H_
#define NATIVE_JOB_QUEUE_H_

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "status.h"

namespace gssapi {

class CompletionPort;

// The half of a job that a worker thread sees. The half that JavaScript sees is in job.h.
class Work {
 public:
  virtual ~Work() = default;
  virtual void Run() = 0;  // on a worker; no N-API

  enum State : int { kQueued, kRunning, kEnded, kCancelled };
  // Taking it back and taking it up are decided by one exchange, so exactly one of them happens.
  bool Begin() { return Exchange(kRunning); }
  bool Cancel() { return Exchange(kCancelled); }
  bool cancelled() const { return state_.load() == kCancelled; }

  Status status;
  std::shared_ptr<CompletionPort> port;

 private:
  bool Exchange(State to) {
    int expected = kQueued;
    return state_.compare_exchange_strong(expected, to);
  }
  std::atomic<int> state_{kQueued};
};

// What has ended, on its way back to the JavaScript thread that asked.
class CompletionPort {
 public:
  virtual ~CompletionPort() = default;
  // Called on a worker. Where the environment is gone, the work is destroyed there and then.
  virtual void Push(std::unique_ptr<Work> work) = 0;
};

class JobQueue : public std::enable_shared_from_this<JobQueue> {
 public:
  // False where the process cannot make a thread; the work is given back then.
  bool Push(std::unique_ptr<Work>* work);
  // On a worker: runs the first job; true where another waits.
  bool RunNext();

 private:
  std::mutex mutex_;
  std::deque<std::unique_ptr<Work>> jobs_;
  bool active_ = false;
};

}  // namespace gssapi

#endif  // NATIVE_JOB_QUEUE_H_
