#include "handshakes.h"

#include <pthread.h>

#include "clock.h"

enum { kMostThreads = 64 };

static bool One(const Party* party, Failure* failure) {
  Pair pair;
  if (!Establish(party, FLAGS_ALL, &pair, failure)) return false;
  DeletePair(&pair);
  return true;
}

static bool OneAcquiring(const Party* party, Failure* failure) {
  Party own = {party->target, GSS_C_NO_CREDENTIAL, GSS_C_NO_CREDENTIAL};
  bool good = AcquireBoth(&own, failure) && One(&own, failure);
  ReleaseBoth(&own);
  return good;
}

static bool Loop(const Party* party, uint32_t count, Credentials credentials, Failure* failure) {
  for (uint32_t i = 0; i < count; i++) {
    if (!(credentials == kPerHandshake ? OneAcquiring : One)(party, failure)) return false;
  }
  return true;
}

typedef struct {
  Party party;
  const HandshakeBatch* batch;
  pthread_barrier_t* start;
  Failure failure;
} Worker;

static void* Work(void* data) {
  Worker* worker = data;
  const HandshakeBatch* batch = worker->batch;
  bool own = batch->credentials == kPerThread;
  bool good = !own || AcquireBoth(&worker->party, &worker->failure);
  pthread_barrier_wait(worker->start);
  if (good) Loop(&worker->party, batch->count, batch->credentials, &worker->failure);
  if (own) ReleaseBoth(&worker->party);
  return NULL;
}

static bool RunThreads(const Party* party, const HandshakeBatch* batch, double* elapsed,
                       Failure* failure) {
  pthread_t threads[kMostThreads];
  Worker workers[kMostThreads];
  pthread_barrier_t start;
  uint32_t count = batch->threads < kMostThreads ? batch->threads : kMostThreads;
  pthread_barrier_init(&start, NULL, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    workers[i] = (Worker){*party, batch, &start, {NULL, 0, 0}};
    pthread_create(&threads[i], NULL, Work, &workers[i]);
  }
  double began = Wall();  // before the barrier: behind it, a worker may run before we do
  pthread_barrier_wait(&start);
  for (uint32_t i = 0; i < count; i++) pthread_join(threads[i], NULL);
  *elapsed = Wall() - began;
  pthread_barrier_destroy(&start);
  for (uint32_t i = 0; i < count; i++) {
    if (workers[i].failure.call) *failure = workers[i].failure;
  }
  return failure->call == NULL;
}

bool RunHandshakes(const Party* party, const HandshakeBatch* batch, double* elapsed,
                   Failure* failure) {
  if (batch->threads > 1) return RunThreads(party, batch, elapsed, failure);
  double start = Now(batch->clock);
  bool good = Loop(party, batch->count, batch->credentials, failure);
  *elapsed = Now(batch->clock) - start;
  return good;
}
