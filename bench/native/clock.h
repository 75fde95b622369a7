// Two clocks, in ns. The thread's own CPU time does not see who else uses the cores; what is spread
// over several threads can only be measured by the wall clock.
#ifndef BENCH_CLOCK_H_
#define BENCH_CLOCK_H_

#include <time.h>

static inline double Now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static inline double ThreadCpu(void) { return Now(CLOCK_THREAD_CPUTIME_ID); }
static inline double Wall(void) { return Now(CLOCK_MONOTONIC); }

#endif  // BENCH_CLOCK_H_
