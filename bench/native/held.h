// Established contexts that stay: what one costs in memory.
#ifndef BENCH_HELD_H_
#define BENCH_HELD_H_

#include <stdint.h>

#include "pair.h"

// Establishes `count` pairs and keeps them until the process ends.
bool Hold(const Party* party, uint32_t count, Failure* failure);

#endif  // BENCH_HELD_H_
