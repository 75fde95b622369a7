// The threads that may block on a KDC. One pool per process, never libuv's: a KDC that does not
// answer must not stop fs, dns and crypto.
#ifndef NATIVE_WORKER_POOL_H_
#define NATIVE_WORKER_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace gssapi {

class JobQueue;

// As many threads as there are cores do the work; more are added, one at a time up to the limit,
// only while work waits and none of it is taken up, which means that the others are blocked. So
// handshakes do not fight over the cores, and blocked ones do not hold up the rest.
class WorkerPool {
 public:
  static WorkerPool& Instance();

  // The most threads there will be; 0 keeps GSSAPI_THREADS or the default.
  void SetLimit(size_t limit);
  // Runs the next job of `queue` on some thread. False where no thread could be made at all.
  bool Post(std::shared_ptr<JobQueue> queue);
  // Gives an object back on a worker where work is waiting for them, else at once: a context's
  // memory came from a worker's arena, and freeing it here meanwhile makes both threads wait for
  // that arena's lock.
  void Retire(std::shared_ptr<void> object);
  size_t threads();
  // No further job begins; waits a moment for those that run. For the end of the process.
  void Stop();

 private:
  WorkerPool();
  bool AddThread();  // with mutex_ held
  void Work();
  void Watch();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable watch_;
  std::condition_variable quiet_;
  std::deque<std::shared_ptr<JobQueue>> waiting_;
  std::vector<std::shared_ptr<void>> retired_;
  size_t limit_;
  size_t base_;
  size_t threads_ = 0;
  size_t idle_ = 0;
  size_t taken_ = 0;  // jobs ever taken up: how the watcher sees progress
  bool watching_ = false;
  bool stopped_ = false;
};

}  // namespace gssapi

#endif  // NATIVE_WORKER_POOL_H_
