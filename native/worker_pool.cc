#include "worker_pool.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <utility>

#include "backend.h"
#include "job_queue.h"

namespace gssapi {
namespace {

constexpr size_t kDefaultLimit = 64;
constexpr size_t kMostThreads = 1024;
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
  // The library's own destructors run after this: nothing of ours should be inside it then.
  backend::AtProcessEnd([] { WorkerPool::Instance().Stop(); });
}

void WorkerPool::SetLimit(size_t limit) {
  std::lock_guard<std::mutex> lock(mutex_);
  limit_ = limit == 0 ? LimitFromEnvironment() : std::min(limit, kMostThreads);
  watch_.notify_one();
}

size_t WorkerPool::threads() {
  std::lock_guard<std::mutex> lock(mutex_);
  return threads_;
}

bool WorkerPool::Post(std::shared_ptr<JobQueue> queue) {
  std::lock_guard<std::mutex> lock(mutex_);
  waiting_.push_back(std::move(queue));
  // A thread counts as idle until it has woken: what was posted meanwhile needs one of its own.
  if (waiting_.size() <= idle_) {
    wake_.notify_one();
  } else if (threads_ < std::min(base_, limit_)) {
    if (!AddThread() && threads_ == 0) {
      waiting_.pop_back();
      return false;
    }
  } else if (threads_ < limit_) {
    if (!watching_) {
      try {
        std::thread(&WorkerPool::Watch, this).detach();
        watching_ = true;
      } catch (const std::system_error&) {
        return true;  // the threads that there are will come to it
      }
    }
    watch_.notify_one();
  }
  return true;
}

void WorkerPool::Retire(std::shared_ptr<void> object) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!waiting_.empty() && !stopped_) retired_.push_back(std::move(object));
}

bool WorkerPool::AddThread() {
  try {
    std::thread(&WorkerPool::Work, this).detach();
  } catch (const std::system_error&) {
    return false;
  }
  threads_++;
  return true;
}

void WorkerPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    while (!retired_.empty() && !stopped_) {
      std::vector<std::shared_ptr<void>> retired;
      retired.swap(retired_);
      lock.unlock();
      retired.clear();
      lock.lock();
    }
    while (waiting_.empty() || stopped_) {
      idle_++;
      if (stopped_) quiet_.notify_all();
      wake_.wait(lock);
      idle_--;
    }
    std::shared_ptr<JobQueue> queue = std::move(waiting_.front());
    waiting_.pop_front();
    taken_++;
    lock.unlock();
    bool more = queue->RunNext();
    lock.lock();
    // To the end of the line, so that a busy context does not starve the others. This thread is
    // about to look at the line itself, so nobody needs to be woken for it.
    if (more) waiting_.push_back(std::move(queue));
    queue.reset();
  }
}

void WorkerPool::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    while (waiting_.empty() || threads_ >= limit_ || stopped_) watch_.wait(lock);
    size_t before = taken_;
    watch_.wait_for(lock, kStalled, [] { return false; });
    if (!waiting_.empty() && taken_ == before && waiting_.size() > idle_ && threads_ < limit_ &&
        !stopped_) {
      if (!AddThread()) watch_.wait_for(lock, kLastMoment, [] { return false; });
    }
  }
}

void WorkerPool::Stop() {
  std::unique_lock<std::mutex> lock(mutex_);
  stopped_ = true;
  quiet_.wait_for(lock, kLastMoment, [this] { return idle_ == threads_; });
}

}  // namespace gssapi
