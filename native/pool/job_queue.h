// One FIFO per object: its calls run one at a time, in call order, on whichever worker is free.
#ifndef NATIVE_POOL_JOB_QUEUE_H_
#define NATIVE_POOL_JOB_QUEUE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>

#include "../backend/status.h"

namespace gssapi {

class CompletionPort;
class Gate;
class JobQueue;

// What a call may wait for: a KDC, a name server, a directory (kNetwork), or the processor and a
// disk (kLocal).
enum class Lane : uint8_t { kNetwork, kLocal };

// Queues that wait; they pass from list to list by their nodes, for which no memory is asked.
using QueueList = std::list<std::shared_ptr<JobQueue>>;

// The half of a job that a worker thread sees. The half that JavaScript sees is in job.h.
class Work {
 public:
  virtual ~Work() = default;
  virtual void Run() = 0;              // on a worker; no N-API
  virtual void Forget() noexcept = 0;  // what Run would have needed

  enum State : int { kQueued, kRunning, kEnded, kCancelled, kAbandoned };
  // Taking it back and taking it up are decided by one exchange, so exactly one of them happens; so
  // are giving it up and its end.
  bool Begin() { return Exchange(kQueued, kRunning); }
  bool Cancel() { return Exchange(kQueued, kCancelled); }
  bool End() { return Exchange(kRunning, kEnded); }
  bool Abandon() { return Exchange(kRunning, kAbandoned); }
  bool cancelled() const { return state_.load() == kCancelled; }

  // As Run, whatever it throws: `thrown` tells then, since memory for a status may be lacking.
  void RunSafely() noexcept;

  enum class Thrown : uint8_t { kNothing, kNoMemory, kOther };
  Status status;
  Thrown thrown = Thrown::kNothing;
  char thrown_text[120] = "";
  Lane lane = Lane::kNetwork;
  std::shared_ptr<Gate> gate;  // of the credential that it uses; null where it uses none
  std::shared_ptr<CompletionPort> port;
  std::unique_ptr<Work> next;  // the port's

 private:
  bool Exchange(int expected, State to) { return state_.compare_exchange_strong(expected, to); }
  std::atomic<int> state_{kQueued};
};

// What has ended, on its way back to the JavaScript thread that asked.
class CompletionPort {
 public:
  virtual ~CompletionPort() = default;
  // Called on a worker. Where the environment is gone, the work is destroyed there and then.
  virtual void Push(std::unique_ptr<Work> work) noexcept = 0;
};

class JobQueue : public std::enable_shared_from_this<JobQueue> {
 public:
  // False where the process cannot make a thread; the work is given back then.
  bool Push(std::unique_ptr<Work>* work);
  // Takes work back that has not begun; null where a worker has it.
  std::unique_ptr<Work> Take(const Work* work);

  struct Outcome {
    bool more = false;  // another job waits, in this lane
    Lane lane = Lane::kLocal;
    bool abandoned = false;  // nobody waited for the job any longer
  };
  // On a worker that came to the lane `taken`: runs the first job. `self`, which holds this queue,
  // is empty afterwards where the queue waits at a gate.
  Outcome RunNext(Lane taken, QueueList* self) noexcept;

 private:
  friend class WorkerPool;
  friend class Gate;

  void LeaveGate(const std::shared_ptr<Gate>& other);

  std::mutex mutex_;
  std::deque<std::unique_ptr<Work>> jobs_;
  bool active_ = false;

  // Where it waits: the pool's (listed_) or a gate's (parked_), by whose mutex these are guarded.
  QueueList::iterator place_;
  bool listed_ = false;
  bool parked_ = false;
  Lane lane_ = Lane::kLocal;
  // A gate let it in while it waited: set by the gate before the queue is posted, read by the
  // worker.
  bool admitted_ = false;
  std::shared_ptr<Gate> gate_;  // at which it waited last
};

}  // namespace gssapi

#endif  // NATIVE_POOL_JOB_QUEUE_H_
