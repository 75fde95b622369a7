#include "spin.h"

#include <pthread.h>

#include "clock.h"

enum { kMostThreads = 64, kUnit = 10000 };

static void* Work(void* data) {
  volatile uint32_t sum = 0;
  for (uint64_t i = *(const uint32_t*)data * (uint64_t)kUnit; i > 0; i--) sum += (uint32_t)i;
  return NULL;
}

double Spin(uint32_t count, uint32_t threads) {
  pthread_t others[kMostThreads];
  double start = Wall();
  uint32_t more = threads - 1 < kMostThreads ? threads - 1 : kMostThreads;
  for (uint32_t i = 0; i < more; i++) pthread_create(&others[i], NULL, Work, &count);
  Work(&count);
  for (uint32_t i = 0; i < more; i++) pthread_join(others[i], NULL);
  return Wall() - start;
}
