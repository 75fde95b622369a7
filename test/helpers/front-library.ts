/**
 * A library that does what MIT's does, but for faults that a test asks for: mechanisms that do not encrypt, lose a
 * message, or know times past 2038, or attributes of which not every value is authenticated, which the real one does not
 * do here. It is linked with MIT's, whose functions are found through it, and has a few of its own in front of them.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** In the order in which a test may name them in GSSAPI_TEST_FAULTS, with spaces between. */
export type Fault =
  | 'wrap'
  | 'wrap_iov'
  | 'wrap_iov_length'
  | 'any_qop'
  | 'long'
  | 'unwrap'
  | 'unwrap_iov'
  | 'lucid'
  | 'authtime'

// A buffer is a length and a pointer to the data; a part of a message is a type, and a buffer behind it.
const source = (behind: string): string => `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned int number;
typedef struct { size_t length; void* value; } buffer;
typedef struct { number type; buffer bytes; } part;
#define BITS (2 | 4 | 8 | 16)

static void* real(const char* name) {
  void* found = dlsym(dlopen("${behind}", RTLD_NOW | RTLD_NOLOAD), name);
  if (found == 0) abort();
  return found;
}
static int asked(const char* fault) {
  const char* faults = getenv("GSSAPI_TEST_FAULTS");
  size_t length = strlen(fault);
  for (const char* at = faults; at != 0 && (at = strstr(at, fault)) != 0; at += length) {
    if ((at == faults || at[-1] == ' ') && (at[length] == 0 || at[length] == ' ')) return 1;
  }
  return 0;
}

/* Answers more than can be. */
static void lengthen(number major, buffer* answer) {
  const size_t more = 1 << 20;
  if (major != 0 || !asked("long")) return;
  answer->value = realloc(answer->value, answer->length + more);
  if (answer->value == 0) abort();
  memset((char*)answer->value + answer->length, 7, more);
  answer->length += more;
}
static void lengthen_parts(number major, part* parts, int count) {
  for (int i = 0; major == 0 && asked("long") && i < count; i++) {
    if ((parts[i].type & 0xffff) == 1) parts[i].bytes.length += 1000;
  }
}
number gss_get_mic(number* minor, void* context, number qop, buffer* message, buffer* mic) {
  number (*next)(number*, void*, number, buffer*, buffer*) = real("gss_get_mic");
  number major = next(minor, context, qop, message, mic);
  lengthen(major, mic);
  return major;
}

/* Does not encrypt, and says so. */
number gss_wrap(number* minor, void* context, int conf, number qop, buffer* in, int* state, buffer* out) {
  number (*next)(number*, void*, int, number, buffer*, int*, buffer*) = real("gss_wrap");
  number major = next(minor, context, asked("wrap") ? 0 : conf, qop, in, state, out);
  lengthen(major, out);
  return major;
}
number gss_wrap_iov(number* minor, void* context, int conf, number qop, int* state, part* parts, int count) {
  number (*next)(number*, void*, int, number, int*, part*, int) = real("gss_wrap_iov");
  number major = next(minor, context, asked("wrap_iov") ? 0 : conf, qop, state, parts, count);
  lengthen_parts(major, parts, count);
  return major;
}
number gss_wrap_iov_length(number* minor, void* context, int conf, number qop, int* state, part* parts, int count) {
  number (*next)(number*, void*, int, number, int*, part*, int) = real("gss_wrap_iov_length");
  number major = next(minor, context, conf, asked("any_qop") ? 0 : qop, state, parts, count);
  if (state != 0 && asked("wrap_iov_length")) *state = 0;
  return major;
}

/* Verifies a message out of its place, says so, and does not give it. */
number gss_unwrap(number* minor, void* context, buffer* in, buffer* out, int* conf, number* qop) {
  number (*next)(number*, void*, buffer*, buffer*, int*, number*) = real("gss_unwrap");
  number major = next(minor, context, in, out, conf, qop);
  if ((major & BITS) != 0 && asked("unwrap")) {
    number (*release)(number*, buffer*) = real("gss_release_buffer");
    number ignored;
    release(&ignored, out);
  }
  lengthen(major, out);
  return major;
}

/* The same, before it has looked at anything. */
number gss_unwrap_iov(number* minor, void* context, int* conf, number* qop, part* parts, int count) {
  number (*next)(number*, void*, int*, number*, part*, int) = real("gss_unwrap_iov");
  if (asked("unwrap_iov")) return 16;
  number major = next(minor, context, conf, qop, parts, count);
  lengthen_parts(major, parts, count);
  return major;
}

number gss_krb5_export_lucid_sec_context(number* minor, void** context, number version, void** lucid) {
  number (*next)(number*, void**, number, void**) = real("gss_krb5_export_lucid_sec_context");
  number major = next(minor, context, version, lucid);
  if (major == 0 && asked("lucid")) ((number*)*lucid)[2] = 3000000000u;
  return major;
}
number gsskrb5_extract_authtime_from_sec_context(number* minor, void* context, number* time) {
  number (*next)(number*, void*, number*) = real("gsskrb5_extract_authtime_from_sec_context");
  number major = next(minor, context, time);
  if (major == 0 && asked("authtime")) *time = 3000000000u;
  return major;
}

/*
 * An attribute test:AC,AC,... has a value for each AC: A is 1 where it is authenticated, C where the values are complete.
 * MIT's own are all or none; a plugin that had others would have to lie in the system's folder, which is fixed in libkrb5
 * when that is built (objdirs in src/lib/krb5/krb/authdata.c).
 */
static void fill(buffer* to, const char* kind, int index) {
  to->value = malloc(32);
  if (to->value == 0) abort();
  to->length = (size_t)snprintf(to->value, 32, "%s %d", kind, index);
}
number gss_get_name_attribute(number* minor, void* name, buffer* attribute, int* authenticated, int* complete, buffer* value,
                              buffer* display, int* more) {
  const char prefix[] = "test:";
  size_t before = sizeof prefix - 1;
  if (attribute->length < before || memcmp(attribute->value, prefix, before) != 0) {
    number (*next)(number*, void*, buffer*, int*, int*, buffer*, buffer*, int*) = real("gss_get_name_attribute");
    return next(minor, name, attribute, authenticated, complete, value, display, more);
  }
  const char* facts = (const char*)attribute->value + before;
  int count = (int)(attribute->length - before + 1) / 3;
  int index = *more == -1 ? 0 : *more;
  *minor = 0;
  *authenticated = facts[3 * index] == '1';
  *complete = facts[3 * index + 1] == '1';
  fill(value, "value", index);
  fill(display, "display", index);
  *more = index + 1 < count ? index + 1 : 0;
  return 0;
}
`

/** Compiles it in front of `behind`, MIT's libgssapi_krb5. */
export function buildFrontLibrary(file: string, behind: string): string {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.c`, source(behind))
  const flags = ['-shared', '-fPIC', '-O1', '-Wl,--no-as-needed']
  execFileSync('gcc', [...flags, '-o', file, `${file}.c`, behind, '-ldl'], { stdio: 'pipe' })
  return file
}

/** From here on the library has these faults; without any it is as MIT's. */
export function setFaults(...faults: Fault[]): void {
  process.env['GSSAPI_TEST_FAULTS'] = faults.join(' ')
}
