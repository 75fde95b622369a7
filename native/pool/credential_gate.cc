#include "credential_gate.h"

#include <algorithm>

#include "worker_pool.h"

namespace gssapi {
namespace {

// A step is done in half a millisecond, and with a KDC near by in two.
constexpr auto kSlow = std::chrono::milliseconds(20);

}  // namespace

bool Gate::Shared() const {
  std::shared_ptr<backend::Credential> credential = credential_.lock();
  return credential == nullptr || backend::SharingOf(*credential) == backend::Sharing::kFree;
}

bool Gate::Enter(QueueList* self) {
  bool free = Shared();
  std::unique_lock<std::mutex> lock(mutex_);
  if (free || (inside_ < width_ && waiting_.empty())) {
    if (inside_++ == 0) moved_ = Clock::now();
    return true;
  }
  JobQueue& queue = *self->front();
  waiting_.splice(waiting_.end(), *self);
  queue.place_ = std::prev(waiting_.end());
  queue.parked_ = true;
  bool first = waiting_.size() == 1;
  lock.unlock();
  if (first) WorkerPool::Instance().Attend(shared_from_this());
  return false;
}

void Gate::Admit(QueueList* in) {
  while (inside_ < width_ && !waiting_.empty()) {
    JobQueue& queue = *waiting_.front();
    in->splice(in->end(), waiting_, waiting_.begin());
    queue.parked_ = false;
    queue.admitted_ = true;
    inside_++;
  }
}

void Gate::PostAll(QueueList* in) {
  while (!in->empty()) {
    QueueList one;
    one.splice(one.end(), *in, in->begin());
    Lane lane = one.front()->lane_;
    WorkerPool::Instance().Repost(&one, lane);
  }
}

void Gate::Leave(Clock::time_point since) {
  QueueList in;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    moved_ = Clock::now();
    inside_--;
    more_ = 1;
    // Room that was made beside one that was slow goes with it.
    if (moved_ - since >= kSlow) width_ = std::max<size_t>(1, width_ - 1);
    if (inside_ == 0) width_ = 1;
    Admit(&in);
  }
  PostAll(&in);
}

bool Gate::Withdraw(JobQueue* queue) {
  QueueList node;
  std::lock_guard<std::mutex> lock(mutex_);
  if (!queue->parked_) return false;
  node.splice(node.end(), waiting_, queue->place_);
  queue->parked_ = false;
  return true;
}

bool Gate::Widen() {
  std::shared_ptr<backend::Credential> credential = credential_.lock();
  bool copies =
      credential == nullptr || backend::SharingOf(*credential) != backend::Sharing::kAlone;
  QueueList in;
  std::unique_lock<std::mutex> lock(mutex_);
  if (waiting_.empty()) return false;
  Clock::time_point now = Clock::now();
  if (copies && now - moved_ >= kSlow) {
    width_ = inside_ + more_;
    more_ *= 2;
    moved_ = now;
    Admit(&in);
  }
  bool crowded = !waiting_.empty();
  lock.unlock();
  PostAll(&in);
  return crowded;
}

}  // namespace gssapi
