#include "held.h"

#include <stdlib.h>

bool Hold(const Party* party, uint32_t count, Failure* failure) {
  static Pair** held;  // reachable, so that no leak checker wonders
  held = malloc(count * sizeof *held);
  for (uint32_t i = 0; i < count; i++) {
    held[i] = malloc(sizeof **held);
    if (!Establish(party, FLAGS_ALL, held[i], failure)) return false;
  }
  return true;
}
