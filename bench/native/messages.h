// Loops over the per-message calls, timed inside C.
#ifndef BENCH_MESSAGES_H_
#define BENCH_MESSAGES_H_

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "pair.h"

typedef enum { kWrap = 0, kUnwrap = 1, kGetMic = 2, kVerifyMic = 3 } Operation;

typedef struct {
  Operation operation;
  size_t size;  // of the plaintext
  bool confidential;
  uint32_t iterations;
  clockid_t clock;
} MessageBatch;

// Runs one batch and gives the nanoseconds it took in all.
bool RunMessages(const Pair* pair, const MessageBatch* batch, double* elapsed, Failure* failure);

#endif  // BENCH_MESSAGES_H_
