/* What Debian's libstdc++ and libgcc_s, which are made for glibc, ask of it and musl lacks. There is no libstdc++ for musl in
   Debian or in npm's registry, and Bun for musl needs one. Loaded as ld-linux-x86-64.so.2, of which it takes the place. */
#include <fcntl.h>
#include <locale.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

char __libc_single_threaded = 0;
unsigned __cpu_model[4];

int __cpu_indicator_init(void) { return 0; }

/* A thread's destructors do not run: a test's process is short. */
int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library) {
  (void)function, (void)object, (void)library;
  return 0;
}

/* Not found: the unwinder then asks dl_iterate_phdr. */
int _dl_find_object(void *address, void *result) {
  (void)address, (void)result;
  return -1;
}

uint32_t arc4random(void) {
  uint32_t number = 0;
  int file = open("/dev/urandom", O_RDONLY);
  if (file < 0 || read(file, &number, sizeof number) != sizeof number) _exit(70);
  close(file);
  return number;
}

size_t __strftime_l(char *text, size_t size, const char *format, const struct tm *time,
                    locale_t locale) {
  return strftime_l(text, size, format, time, locale);
}
