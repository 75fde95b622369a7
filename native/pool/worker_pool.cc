#include "worker_pool.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>

#include "../backend/backend.h"
#include "credential_gate.h"

namespace gssapi {
namespace {

constexpr size_t kDefaultLimit = 64;
constexpr size_t kMostThreads = 1024;
// Calls that were aborted hold threads beside the limit: so many times it, and no more than that.
constexpr size_t kAbandonedByLimit = 4;
constexpr size_t kMostAbandoned = 1024;
constexpr size_t kMostRetired = 64;
// Long against a handshake's 50 us on the CPU, short against a KDC's second.
constexpr auto kStalled = std::chrono::milliseconds(5);
constexpr auto kLastMoment = std::chrono::milliseconds(100);

size_t LimitFromEnvironment() {
  const char* text = getenv("GSSAPI_THREADS");
  if (text == nullptr) return kDefaultLimit;
  if (*text < '0' || *text > '9') return kDefaultLimit;  // strtoul takes a sign, and wraps
  char* end = nullptr;
  unsigned long value = strtoul(text, &end, 10);
  if (end == text || *end != '\0' || value == 0) return kDefaultLimit;
  return std::min<size_t>(value, kMostThreads);
}

}  // namespace

// Never destroyed: detached threads use it until the process is gone.
WorkerPool& WorkerPool::Instance() {
  static WorkerPool* pool = new WorkerPool;
  return *pool;
}

WorkerPool::WorkerPool()
    : limit_(LimitFromEnvironment()),
      base_(std::max<size_t>(1, std::thread::hardware_concurrency())) {
  retired_.reserve(kMostRetired);
  // The library's own destructors run after this: nothing of ours should be inside it then.
  backend::AtProcessEnd([] { WorkerPool::Instance().Stop(); });
}

void WorkerPool::SetLimit(size_t limit) {
  std::lock_guard<std::mutex> lock(mutex_);
  limit_ = limit == 0 ? LimitFromEnvironment() : std::min(limit, kMostThreads);
  wake_.notify_all();
  Provide();
}

WorkerPool::Statistics WorkerPool::statistics() {
  std::lock_guard<std::mutex> lock(mutex_);
  auto count = [](ptrdiff_t value) { return static_cast<size_t>(std::max<ptrdiff_t>(0, value)); };
  return {threads_, count(lanes_[0].running), count(lanes_[1].running),
          count(lanes_[0].abandoned + lanes_[1].abandoned), retired_.size()};
}

// How many of those that wait in a lane may run beside those that do.
size_t WorkerPool::Takable(const Waiting& lane) const {
  auto limit = static_cast<ptrdiff_t>(limit_);
  auto most = static_cast<ptrdiff_t>(std::min(limit_ * kAbandonedByLimit, kMostAbandoned));
  ptrdiff_t room = std::min(limit - (lane.running - lane.abandoned), limit + most - lane.running);
  return std::min(lane.queues.size(), static_cast<size_t>(std::max<ptrdiff_t>(0, room)));
}

// Threads that run nothing: idle, woken, or only just made.
size_t WorkerPool::unoccupied() const {
  return threads_ - static_cast<size_t>(lanes_[0].running + lanes_[1].running);
}

bool WorkerPool::Choose(Lane* which) {
  bool network = Takable(lane(Lane::kNetwork)) != 0;
  bool local = Takable(lane(Lane::kLocal)) != 0;
  bool turn = taken_ % 2 == 0;
  *which = network && (!local || turn) ? Lane::kNetwork : Lane::kLocal;
  return network || local;
}

void WorkerPool::List(QueueList* queue, Lane which) {
  QueueList& queues = lane(which).queues;
  JobQueue& listed = *queue->front();
  queues.splice(queues.end(), *queue);
  listed.place_ = std::prev(queues.end());
  listed.listed_ = true;
  listed.lane_ = which;
}

bool WorkerPool::Provide() {
  size_t takable = Takable();
  if (takable == 0 || stopped_) return true;
  if (takable <= unoccupied()) {
    if (idle_ != 0) wake_.notify_one();
    return true;
  }
  if (threads_ < base_) return AddThread() || threads_ != 0;
  if (HasWatcher()) watch_.notify_one();
  return true;  // at the worst the threads that there are will come to it
}

bool WorkerPool::Post(const std::shared_ptr<JobQueue>& queue, Lane lane) {
  QueueList node(1, queue);
  std::lock_guard<std::mutex> lock(mutex_);
  List(&node, lane);
  if (Provide()) return true;
  node.splice(node.end(), this->lane(lane).queues, queue->place_);
  queue->listed_ = false;
  return false;
}

void WorkerPool::Repost(QueueList* queue, Lane lane) {
  std::lock_guard<std::mutex> lock(mutex_);
  List(queue, lane);
  Provide();
}

bool WorkerPool::Withdraw(JobQueue* queue) {
  QueueList node;
  std::lock_guard<std::mutex> lock(mutex_);
  if (!queue->listed_) return false;
  node.splice(node.end(), lane(queue->lane_).queues, queue->place_);
  queue->listed_ = false;
  return true;
}

void WorkerPool::Abandoned(Lane which) {
  std::lock_guard<std::mutex> lock(mutex_);
  lane(which).abandoned++;
  Provide();
}

void WorkerPool::Attend(const std::shared_ptr<Gate>& gate) noexcept {
  std::lock_guard<std::mutex> lock(mutex_);
  try {
    crowded_.push_back(gate);
  } catch (const std::exception&) {
    return;  // they wait for their turn then
  }
  if (HasWatcher()) watch_.notify_one();
}

void WorkerPool::Retire(std::shared_ptr<void> object) noexcept {
  std::lock_guard<std::mutex> lock(mutex_);
  bool busy = !lanes_[0].queues.empty() || !lanes_[1].queues.empty();
  if (!busy || stopped_ || retired_.size() == kMostRetired || !HasWatcher()) return;
  retired_.push_back(std::move(object));  // there is room, since the constructor
  watch_.notify_one();
}

bool WorkerPool::AddThread() noexcept {
  try {
    std::thread(&WorkerPool::Work, this).detach();
  } catch (const std::exception&) {
    return false;
  }
  threads_++;
  return true;
}

bool WorkerPool::HasWatcher() noexcept {
  if (watching_) return true;
  try {
    std::thread(&WorkerPool::Watch, this).detach();
    watching_ = true;
  } catch (const std::exception&) {
  }
  return watching_;
}

void WorkerPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    while (!retired_.empty() && !stopped_) {
      std::shared_ptr<void> object = std::move(retired_.back());
      retired_.pop_back();
      lock.unlock();
      object.reset();
      lock.lock();
    }
    Lane which = Lane::kLocal;
    while (stopped_ || !Choose(&which)) {
      idle_++;
      if (stopped_) quiet_.notify_all();
      wake_.wait(lock);
      idle_--;
    }
    Waiting& chosen = lane(which);
    QueueList taken;
    taken.splice(taken.end(), chosen.queues, chosen.queues.begin());
    taken.front()->listed_ = false;
    chosen.running++;
    taken_++;
    lock.unlock();
    JobQueue::Outcome outcome = taken.front()->RunNext(which, &taken);
    lock.lock();
    chosen.running--;
    if (outcome.abandoned) chosen.abandoned--;
    // To the end of the line, so that a busy context does not starve the others. This thread is
    // about to look at the line itself, so nobody needs to be woken for it.
    if (outcome.more) List(&taken, outcome.lane);
  }
}

void WorkerPool::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) WatchOnce(&lock);
}

void WorkerPool::WatchOnce(std::unique_lock<std::mutex>* lock) {
  while (stopped_ || (Takable() <= unoccupied() && retired_.empty() && crowded_.empty())) {
    watch_.wait(*lock);
  }
  size_t before = taken_;
  watch_.wait_for(*lock, kStalled, [] { return false; });
  if (stopped_) return;
  if (!crowded_.empty()) LookAfterGates(lock);
  if (taken_ != before) return;
  if (Takable() > unoccupied() && !AddThread()) {
    watch_.wait_for(*lock, kLastMoment, [] { return false; });
  }
  while (!retired_.empty() && taken_ == before && !stopped_) {
    std::shared_ptr<void> object = std::move(retired_.back());
    retired_.pop_back();
    lock->unlock();
    object.reset();
    lock->lock();
  }
}

void WorkerPool::LookAfterGates(std::unique_lock<std::mutex>* lock) {
  std::vector<std::shared_ptr<Gate>> gates;
  gates.swap(crowded_);
  lock->unlock();
  auto quiet = [](const std::shared_ptr<Gate>& gate) { return !gate->Widen(); };
  gates.erase(std::remove_if(gates.begin(), gates.end(), quiet), gates.end());
  lock->lock();
  if (crowded_.empty()) {
    crowded_.swap(gates);
    return;
  }
  try {
    crowded_.insert(crowded_.end(), gates.begin(), gates.end());
  } catch (const std::exception&) {  // those wait for their turn then
  }
}

void WorkerPool::Stop() {
  std::unique_lock<std::mutex> lock(mutex_);
  stopped_ = true;
  quiet_.wait_for(lock, kLastMoment, [this] { return idle_ == threads_; });
}

}  // namespace gssapi
