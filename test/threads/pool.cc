// Worker pool, job queues, gates and a completion port under ThreadSanitizer, without Node: some
// threads play JavaScript's, each with a port of its own, and push, take back, give up, change
// limits, let objects go and close their port meanwhile. Run by `npm run test:threads`. What it
// counts is compared at the end: each job ends once, and those of one queue one at a time, in their
// order.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "../../native/pool/credential_gate.h"
#include "../../native/pool/job_queue.h"
#include "../../native/pool/worker_pool.h"

namespace gssapi {
namespace backend {

// What the pool asks of a backend. The kind of a credential is its number.
class Credential {
 public:
  explicit Credential(Sharing how) : sharing(how) {}
  const Sharing sharing;
};
Sharing SharingOf(const Credential& credential) { return credential.sharing; }
void AtProcessEnd(void (*stop)()) { std::atexit(stop); }

}  // namespace backend
}  // namespace gssapi

namespace {

using gssapi::CompletionPort;
using gssapi::Gate;
using gssapi::JobQueue;
using gssapi::Lane;
using gssapi::Work;
using gssapi::WorkerPool;
using gssapi::backend::Credential;
using gssapi::backend::Sharing;

constexpr int kCallers = 4;
constexpr int kQueues = 6;

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "pool: %s\n", what);
  std::abort();
}

// What EnvData's is, with a condition in place of Node's thread-safe function.
class Port : public CompletionPort {
 public:
  void Push(std::unique_ptr<Work> work) noexcept override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return;
    work->next = std::move(ended_);
    ended_ = std::move(work);
    wake_.notify_one();
  }

  // The works that ended, or none after a while.
  std::unique_ptr<Work> Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(20), [this] { return ended_ != nullptr; });
    return std::move(ended_);
  }

  void Close() {
    std::unique_ptr<Work> dropped;
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    dropped = std::move(ended_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::unique_ptr<Work> ended_;
  bool closed_ = false;
};

// Written by its queue's jobs without a lock: the queue is what keeps them apart.
struct Object {
  std::shared_ptr<JobQueue> queue = std::make_shared<JobQueue>();
  std::shared_ptr<int> last = std::make_shared<int>(-1);
  int pushed = 0;
};

class Job : public Work {
 public:
  Job(std::shared_ptr<int> last, int number, int slow)
      : last_(last), number_(number), slow_(slow) {}
  void Run() override {
    Check(*last_ < number_, "a job overtook another of its queue");
    *last_ = number_;
    if (slow_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(slow_));
    result_ = number_;
  }
  void Forget() noexcept override { last_.reset(); }
  int result() const { return result_; }

 private:
  std::shared_ptr<int> last_;
  int number_;
  int slow_;
  int result_ = -1;
};

class Caller {
 public:
  Caller(unsigned seed, const std::vector<std::shared_ptr<Gate>>& gates)
      : random_(seed), gates_(gates), objects_(kQueues) {}

  void Play(std::chrono::steady_clock::time_point end) {
    while (std::chrono::steady_clock::now() < end) {
      for (int i = 0; i < 20; i++) Push();
      for (int i = 0; i < 5; i++) Disturb();
      Settle(port_->Wait());
    }
  }

  // All that was asked for has its answer.
  void Finish() {
    for (int idle = 0; !pending_.empty() && idle < 500;) {
      std::unique_ptr<Work> ended = port_->Wait();
      idle = ended == nullptr ? idle + 1 : 0;
      Settle(std::move(ended));
    }
    Check(pending_.empty(), "a job got no answer");
  }

  // As a terminated worker thread: calls are pending, and nobody will ever look.
  void Leave() {
    for (int i = 0; i < 40; i++) Push();
    port_->Close();
  }

  int answered() const { return answered_; }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  void Push() {
    Object& object = objects_[static_cast<size_t>(Below(kQueues))];
    auto work = std::make_unique<Job>(object.last, object.pushed++, Below(8) == 0 ? Below(12) : 0);
    work->lane = Below(2) == 0 ? Lane::kNetwork : Lane::kLocal;
    work->port = port_;
    if (Below(3) != 0) work->gate = gates_[static_cast<size_t>(Below(int(gates_.size())))];
    Pending pending{work.get(), object.queue, work->lane};
    std::unique_ptr<Work> handed = std::move(work);
    Check(object.queue->Push(&handed), "no thread could be made");
    pending_.push_back(pending);
  }

  // What abort signals, configure() and the collector do.
  void Disturb() {
    // The oldest are those that run.
    int most = static_cast<int>(pending_.size());
    Pending& chosen =
        pending_[static_cast<size_t>(Below(Below(2) == 0 ? most : std::min(most, 8)))];
    if (Below(2) == 0) GiveUp(&chosen);
    if (Below(20) == 0) WorkerPool::Instance().SetLimit(static_cast<size_t>(1 + Below(8)));
    if (Below(4) == 0) WorkerPool::Instance().Retire(std::make_shared<std::vector<int>>(100, 1));
    WorkerPool::Statistics now = WorkerPool::Instance().statistics();
    Check(now.threads >= now.network, "more run than there are threads");
    if (Below(10) == 0) objects_[static_cast<size_t>(Below(kQueues))] = Object();
  }

  struct Pending {
    Work* work;
    std::shared_ptr<JobQueue> queue;
    Lane lane;
    bool given_up = false;
  };

  void GiveUp(Pending* pending) {
    if (pending->given_up) return;
    pending->given_up = true;
    if (pending->work->Cancel()) {
      std::unique_ptr<Work> taken = pending->queue->Take(pending->work);
      if (taken != nullptr) port_->Push(std::move(taken));
    } else if (pending->work->Abandon()) {
      WorkerPool::Instance().Abandoned(pending->lane);
    }
  }

  void Settle(std::unique_ptr<Work> ended) {
    while (ended != nullptr) {
      auto is_it = [&ended](const Pending& each) { return each.work == ended.get(); };
      auto found = std::find_if(pending_.begin(), pending_.end(), is_it);
      Check(found != pending_.end(), "a job ended twice");
      bool ran = static_cast<Job&>(*ended).result() >= 0;
      Check(ran != ended->cancelled(),
            "a job that was taken back ran, or one that was not did not");
      pending_.erase(found);
      answered_++;
      ended = std::unique_ptr<Work>(std::move(ended->next));
    }
  }

  std::mt19937 random_;
  std::vector<std::shared_ptr<Gate>> gates_;
  std::vector<Object> objects_;
  std::shared_ptr<Port> port_ = std::make_shared<Port>();
  std::vector<Pending> pending_;
  int answered_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 10);
  std::vector<std::shared_ptr<Credential>> credentials;
  std::vector<std::shared_ptr<Gate>> gates;
  for (Sharing how : {Sharing::kFree, Sharing::kByCopies, Sharing::kAlone}) {
    credentials.push_back(std::make_shared<Credential>(how));
    gates.push_back(std::make_shared<Gate>(credentials.back()));
  }
  int answered[kCallers];
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; i++) {
    threads.emplace_back([i, end, &gates, &answered] {
      Caller caller(static_cast<unsigned>(i + 1), gates);
      caller.Play(end);
      caller.Finish();
      caller.Leave();
      answered[i] = caller.answered();
    });
  }
  int total = 0;
  for (int i = 0; i < kCallers; i++) {
    threads[static_cast<size_t>(i)].join();
    total += answered[i];
  }
  std::printf("%d jobs\n", total);
  return 0;  // with jobs that still run: the pool is stopped on the way out
}
