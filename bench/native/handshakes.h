// Loops over whole handshakes, both ends, on one thread or on several at once.
#ifndef BENCH_HANDSHAKES_H_
#define BENCH_HANDSHAKES_H_

#include <stdint.h>
#include <time.h>

#include "pair.h"

typedef enum {
  kShared = 0,        // by all threads, as a server's would be
  kPerThread = 1,     // MIT locks a credential during the whole of gss_init_sec_context
  kPerHandshake = 2,  // as a program does that keeps none
} Credentials;

typedef struct {
  uint32_t count;  // of each thread
  Credentials credentials;
  uint32_t threads;  // 1: the calling thread itself
  clockid_t clock;   // with several threads always the wall clock
} HandshakeBatch;

bool RunHandshakes(const Party* party, const HandshakeBatch* batch, double* elapsed,
                   Failure* failure);

#endif  // BENCH_HANDSHAKES_H_
