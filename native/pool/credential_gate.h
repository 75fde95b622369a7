// Who may use a credential now. MIT's library locks one for as long as a call asks a KDC with it,
// and whoever else wants it would wait on a thread of the pool: here queues wait, without a thread.
#ifndef NATIVE_POOL_CREDENTIAL_GATE_H_
#define NATIVE_POOL_CREDENTIAL_GATE_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>

#include "../backend/backend.h"
#include "job_queue.h"

namespace gssapi {

// One call at a time while each is quick. Where those inside are slow, more are let in, each of
// which uses a copy of the credential (backend::SharingOf), twice as many each time.
class Gate : public std::enable_shared_from_this<Gate> {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Gate(const std::shared_ptr<backend::Credential>& credential) : credential_(credential) {}

  // True where the queue's first job may run. Else the queue, `self`'s only element, waits here.
  bool Enter(QueueList* self);
  // A job that came in has ended, or will not run after all.
  void Leave(Clock::time_point since);
  // Takes a queue out again that waits here. False where it does not.
  bool Withdraw(JobQueue* queue);
  // Lets more in where nobody has come out for a while. False where nobody waits.
  bool Widen();

 private:
  bool Shared() const;
  // Lets those in for whom there is room; `in` are to be posted once the mutex is free.
  void Admit(QueueList* in);
  static void PostAll(QueueList* in);

  const std::weak_ptr<backend::Credential> credential_;
  std::mutex mutex_;
  QueueList waiting_;
  size_t inside_ = 0;
  size_t width_ = 1;
  size_t more_ = 1;  // how many to let in the next time
  Clock::time_point moved_ = Clock::now();
};

}  // namespace gssapi

#endif  // NATIVE_POOL_CREDENTIAL_GATE_H_
