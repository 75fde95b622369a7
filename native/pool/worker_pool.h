// The threads that may block on a KDC. One pool per process, never libuv's: a KDC that does not
// answer must not stop fs, dns and crypto.
#ifndef NATIVE_POOL_WORKER_POOL_H_
#define NATIVE_POOL_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "job_queue.h"

namespace gssapi {

class Gate;

// As many threads as there are cores do the work; more are added, one at a time up to the limits,
// only while work waits and none of it is taken up, which means that the others are blocked. So
// handshakes do not fight over the cores, and blocked ones do not hold up the rest.
//
// Work stands in two lanes, which take turns: what may wait for a network, and what does not. Each
// has its limit of calls that run at once, so that a thread is always left, or made, for the other.
class WorkerPool {
 public:
  static WorkerPool& Instance();

  // The most calls of one lane that run at once; 0 keeps GSSAPI_THREADS or the default.
  void SetLimit(size_t limit);
  // Runs the next job of `queue` on some thread. False where no thread could be made at all.
  bool Post(const std::shared_ptr<JobQueue>& queue, Lane lane);
  // The same of a queue that is some list's only element, without asking for memory.
  void Repost(QueueList* queue, Lane lane);
  // Takes a queue out again. False where it is not waiting here.
  bool Withdraw(JobQueue* queue);
  // Nobody waits any longer for a job that runs: it keeps its thread, but no place in its lane.
  void Abandoned(Lane which);
  // Calls wait for a credential: has it looked after while they do.
  void Attend(const std::shared_ptr<Gate>& gate) noexcept;
  // Gives an object back on a worker where work is waiting for them, else at once: a context's
  // memory came from a worker's arena, and freeing it here meanwhile makes both threads wait for
  // that arena's lock. Where no worker comes, the watcher gives it back.
  void Retire(std::shared_ptr<void> object) noexcept;

  struct Statistics {
    size_t threads;
    size_t network;  // calls that run and may wait for a network
    size_t local;    // those that do not
    size_t aborted;  // of both, those whose caller gave up
    size_t retired;  // objects to be given back
  };
  Statistics statistics();
  // No further job begins; waits a moment for those that run. For the end of the process.
  void Stop();

 private:
  struct Waiting {
    QueueList queues;
    ptrdiff_t running = 0;
    // Of those that run. Below zero for a moment where one ended as it was given up.
    ptrdiff_t abandoned = 0;
  };

  WorkerPool();
  // All with mutex_ held.
  size_t Takable(const Waiting& lane) const;
  size_t Takable() const { return Takable(lanes_[0]) + Takable(lanes_[1]); }
  size_t unoccupied() const;
  Waiting& lane(Lane which) { return lanes_[static_cast<size_t>(which)]; }
  bool Choose(Lane* which);
  void List(QueueList* queue, Lane which);
  bool Provide();  // a thread for what was just listed
  bool AddThread() noexcept;
  bool HasWatcher() noexcept;

  void Work();
  void Watch();
  void WatchOnce(std::unique_lock<std::mutex>* lock);
  void LookAfterGates(std::unique_lock<std::mutex>* lock);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable watch_;
  std::condition_variable quiet_;
  Waiting lanes_[2];
  std::vector<std::shared_ptr<void>> retired_;
  std::vector<std::shared_ptr<Gate>> crowded_;
  size_t limit_;
  size_t base_;
  size_t threads_ = 0;
  size_t idle_ = 0;
  size_t taken_ = 0;  // jobs ever taken up: how the watcher sees progress, and whose turn it is
  bool watching_ = false;
  bool stopped_ = false;
};

}  // namespace gssapi

#endif  // NATIVE_POOL_WORKER_POOL_H_
