// Arithmetic on several threads at once: how much of its cores the machine gives us during a run.
#ifndef BENCH_SPIN_H_
#define BENCH_SPIN_H_

#include <stdint.h>

// Each thread does `count` units of work; gives the wall time in ns.
double Spin(uint32_t count, uint32_t threads);

#endif  // BENCH_SPIN_H_
