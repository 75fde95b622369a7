#include "library.h"

#include <dlfcn.h>
#if __has_include(<link.h>)
#include <link.h>
#endif
#if __has_include(<sys/prctl.h>)
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace gssapi {
namespace backend {

const GssApi* g_gss = nullptr;

namespace {

// In order of preference. A name that is of another system is simply not found.
const char* const kCandidates[] = {
    "libgssapi_krb5.so.2",  // MIT on Linux and the BSDs
    "libgssapi.so.3",       // Heimdal
    "/opt/homebrew/opt/krb5/lib/libgssapi_krb5.dylib",
    "/usr/local/opt/krb5/lib/libgssapi_krb5.dylib",
    "/opt/local/lib/libgssapi_krb5.dylib",           // MacPorts
    "/System/Library/Frameworks/GSS.framework/GSS",  // Apple
};

const char kHowToInstall[] =
    "install MIT Kerberos: Debian, Ubuntu: apt-get install libgssapi-krb5-2; RHEL, Fedora: dnf "
    "install "
    "krb5-libs; Alpine: apk add krb5-libs; macOS: part of the system, or brew install krb5. Or "
    "name "
    "another library's file in GSSAPI_LIBRARY or configure({ library })";

std::mutex g_mutex;
std::string g_selected;

struct Attempt {
  void* handle = nullptr;
  std::string tried;
};

#if defined(RTLD_DEEPBIND) && defined(LM_ID_NEWLM)  // glibc's, which has dladdr1 as well
// Whether the address is a program's own stub for another's function: where a program is linked to
// a fixed place and uses a function's address, as node does malloc's, the whole process is given
// the stub's for it.
bool IsStub(void* address) {
  Dl_info found;
  const ElfW(Sym)* symbol = nullptr;
  int known = dladdr1(address, &found, reinterpret_cast<void**>(const_cast<ElfW(Sym)**>(&symbol)),
                      RTLD_DL_SYMENT);
  return known != 0 && symbol != nullptr && symbol->st_shndx == SHN_UNDEF;
}

// Whether the administrator preloads a library into every process, ld.so(8).
bool PreloadedForAll() {
  struct stat found = {};
  return stat("/etc/ld.so.preload", &found) == 0 && found.st_size > 0;
}

// Whether somebody stands between programs and libc on purpose: a preloaded library (faketime, a
// sanitizer), or another malloc, preloaded or linked in. Bound past it, the library would free by
// libc's own free what libc allocated by the other malloc.
bool Interposed() {
  const char* preload = getenv("LD_PRELOAD");
  if ((preload != nullptr && *preload != '\0') || PreloadedForAll()) return true;
  void* libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  if (libc == nullptr) return true;
  bool other = false;
  for (const char* name : {"malloc", "calloc", "realloc", "free", "posix_memalign", "aligned_alloc",
                           "memalign", "malloc_usable_size"}) {
    void* used = dlsym(RTLD_DEFAULT, name);
    other = other || (used != dlsym(libc, name) && !IsStub(used));
  }
  dlclose(libc);
  return other;
}

// libkrb5 may load the system's OpenSSL, whose symbols must not bind to those inside node.
int OpenFlags() { return RTLD_NOW | RTLD_LOCAL | (Interposed() ? 0 : RTLD_DEEPBIND); }
#else
int OpenFlags() { return RTLD_NOW | RTLD_LOCAL; }
#endif

void Try(const std::string& path, Attempt* attempt) {
  attempt->handle = dlopen(path.c_str(), OpenFlags());
  if (attempt->handle != nullptr) return;
  const char* why = dlerror();
  attempt->tried += (attempt->tried.empty() ? "" : "; ") + std::string(why ? why : path.c_str());
}

Attempt Open(const std::string& chosen) {
  Attempt attempt;
  if (!chosen.empty()) {
    Try(chosen, &attempt);
    return attempt;
  }
  for (const char* candidate : kCandidates) {
    Try(candidate, &attempt);
    if (attempt.handle != nullptr) break;
  }
  return attempt;
}

// What Apple's GSS exports and does not show in its public headers has this before its name, and
// MIT's signature behind it: the IOV family for example.
const std::string kApplePrefix = "__ApplePrivate_";

const void* ImageOf(const void* address) {
  Dl_info found;
  return dladdr(address, &found) == 0 ? nullptr : found.dli_fbase;
}

// dlsym looks into what a library needs as well, and Homebrew's MIT may need Apple's GSS: a
// function that only the other one has would be given handles that are not its own. So an optional
// function counts where one of RFC 2744's lies beside it.
class Symbols {
 public:
  explicit Symbols(void* handle) : handle_(handle) {}

  // A required function; its name goes into `missing` where there is none.
  void* Require(const char* name, std::string* missing) {
    void* found = dlsym(handle_, name);
    if (found == nullptr) {
      *missing += (missing->empty() ? "" : ", ") + std::string(name);
    } else {
      images_.insert(ImageOf(found));
    }
    return found;
  }

  // An optional function, or null; its name goes into `features` where there is one.
  void* Find(const char* name, std::vector<std::string>* features) const {
    void* found = Own(name);
    if (found == nullptr) found = Own(kApplePrefix + name);
    if (found != nullptr) features->push_back(name);
    return found;
  }

  void* Own(const std::string& name) const {
    void* found = dlsym(handle_, name.c_str());
    return found != nullptr && images_.count(ImageOf(found)) != 0 ? found : nullptr;
  }

 private:
  void* handle_;
  std::set<const void*> images_;
};

// macOS has its frameworks in one cache and no file of their own: a path that dlopen takes, and
// that realpath does not find.
std::string FileOf(const void* address) {
  Dl_info found;
  if (dladdr(address, &found) == 0 || found.dli_fname == nullptr) return "";
  char* real = realpath(found.dli_fname, nullptr);
  std::string path = real == nullptr ? found.dli_fname : real;
  free(real);
  return path;
}

// Without iostreams, which would bring half a megabyte of locales into an addon that carries its
// C++ library.
std::string Contents(const std::string& file) {
  std::string text;
  FILE* stream = fopen(file.c_str(), "rb");
  if (stream == nullptr) return text;
  char part[1 << 14];
  for (size_t length; (length = fread(part, 1, sizeof part, stream)) > 0;) {
    text.append(part, length);
  }
  fclose(stream);
  return text;
}

// Neither MIT nor Heimdal tells its version by a function; both leave it in libkrb5 as text.
std::string VersionIn(const std::string& file, const std::string& mark) {
  std::string text = Contents(file);
  auto in_version = [](char c) { return isalnum(static_cast<unsigned char>(c)) || c == '.'; };
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    size_t from = at + mark.size();
    size_t to = from;
    while (to < text.size() && in_version(text[to])) to++;
    if (to != from && isdigit(static_cast<unsigned char>(text[from]))) {
      return text.substr(from, to - from);
    }
  }
  return "";
}

std::string VersionOf(void* handle, const std::string& implementation, const std::string& path) {
  const void* krb5 = dlsym(handle, "krb5_init_context");
  std::string file = krb5 == nullptr ? path : FileOf(krb5);
  if (implementation == "mit") return VersionIn(file, "KRB5_BRAND: krb5-");
  return implementation == "heimdal" ? VersionIn(file, "Heimdal ") : "";
}

// By what each exports besides. Of Apple's, only a framework is called by a path like that.
std::string ImplementationOf(const Symbols& symbols, const std::string& path) {
  if (path.find(".framework/") != std::string::npos) return "apple";
  if (symbols.Own(kApplePrefix + "gss_mo_set") != nullptr) return "apple";
  return symbols.Own("gss_mo_set") != nullptr ? "heimdal" : "mit";
}

Status NotFound(const std::string& what) {
  return Status::Refuse(kErrLibraryNotFound, what + ". To mend it, " + kHowToInstall, "dlopen");
}

Status Bind(Symbols* symbols, GssApi* api) {
  std::string missing;
#define GSS_BIND(name) \
  api->name = reinterpret_cast<decltype(api->name)>(symbols->Require(#name, &missing));
  GSS_REQUIRED_SYMBOLS(GSS_BIND)
#undef GSS_BIND
  if (!missing.empty()) return Status::Refuse(kErrLibraryNotFound, missing, "dlsym");
#define GSS_BIND(name) \
  api->name = reinterpret_cast<decltype(api->name)>(symbols->Find(#name, &api->info.features));
  GSS_OPTIONAL_SYMBOLS(GSS_BIND)
#undef GSS_BIND
  return Status::Ok();
}

std::string Choice() { return g_selected.empty() ? SecureEnv("GSSAPI_LIBRARY") : g_selected; }

// Whether `path` names the file in use, by whatever name.
bool IsLoaded(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return false;
  void* theirs = dlsym(handle, "gss_init_sec_context");
  dlclose(handle);
  return theirs == reinterpret_cast<void*>(g_gss->gss_init_sec_context);
}

Variable PresentVariable(const std::string& name) {
  const char* text = getenv(name.c_str());
  return text == nullptr ? Variable() : Variable(text);
}

}  // namespace

std::string SecureEnv(const char* name) {
  using Getenv = char* (*)(const char*);
  static const auto secure = reinterpret_cast<Getenv>(dlsym(RTLD_DEFAULT, "secure_getenv"));
  const char* value = secure == nullptr ? getenv(name) : secure(name);
  return value == nullptr ? "" : value;
}

Status SelectLibrary(const std::string& path) {
  std::lock_guard<std::mutex> lock(g_mutex);
  if (g_gss != nullptr && path != g_selected && !IsLoaded(path)) {
    return Status::Refuse(kErrInvalidState, "another library is in use: " + g_gss->info.path);
  }
  g_selected = path;
  return Status::Ok();
}

Status LoadLibrary() {
  std::lock_guard<std::mutex> lock(g_mutex);
  if (g_gss != nullptr) return Status::Ok();
  std::string choice = Choice();
  Attempt attempt = Open(choice);
  if (attempt.handle == nullptr)
    return NotFound("no GSSAPI library could be loaded: " + attempt.tried);
  auto api = std::make_unique<GssApi>();
  Symbols symbols(attempt.handle);
  Status bound = Bind(&symbols, api.get());
  if (!bound.ok()) {
    std::string file = choice.empty() ? "the GSSAPI library" : choice;
    dlclose(attempt.handle);
    return NotFound(file + " lacks " + bound.failure().detail);
  }
  api->handle = attempt.handle;
  LibraryInfo& info = api->info;
  info.backend = "gssapi";
  info.path = FileOf(reinterpret_cast<const void*>(api->gss_init_sec_context));
  info.implementation = ImplementationOf(symbols, info.path);
  api->mit = info.implementation == "mit";
  info.version = VersionOf(attempt.handle, info.implementation, info.path);
  g_gss = api.release();  // for the rest of the process
  return Status::Ok();
}

Status DescribeLibrary(LibraryInfo* info) {
  Status loaded = LoadLibrary();
  if (loaded.ok()) *info = g_gss->info;
  return loaded;
}

void AtProcessEnd(void (*stop)()) { std::atexit(stop); }

// Linux: a process's keyring is that of the thread that first asks for it and of the threads that
// this one makes later; each other thread would get one of its own. libkrb5 puts a KEYRING: cache
// there, or its right to one (keyctl_get_persistent), so that a credential which one thread of the
// pool acquired would be of no use on another. See process-keyring(7). A filter of system calls may
// end the process for asking: where there is one, only who names such a cache asks at all.
void BeforeThreads() {
#ifdef SYS_keyctl
  constexpr long kGetKeyringId = 0;     // KEYCTL_GET_KEYRING_ID
  constexpr long kProcessKeyring = -2;  // KEY_SPEC_PROCESS_KEYRING
  const char* cache = std::getenv("KRB5CCNAME");
  bool named = cache != nullptr && strncmp(cache, "KEYRING:", 8) == 0;
  int before = errno;
  if (named || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0) {
    syscall(SYS_keyctl, kGetKeyringId, kProcessKeyring, 1L);
  }
  errno = before;
#endif
}

Status ReadVariable(const std::string& name, Variable* value) {
  *value = PresentVariable(name);
  return Status::Ok();
}

Status SwapVariable(const std::string& name, const Variable& expected, const Variable& value,
                    bool* swapped) {
  std::lock_guard<std::mutex> lock(g_mutex);
  const Variable present = PresentVariable(name);
  *swapped = present == expected;
  if (!*swapped || present == value) return Status::Ok();
  const bool written = value
                           ? setenv(name.c_str(), value->c_str(), 1) == 0  // NOLINT: see backend.h
                           : unsetenv(name.c_str()) == 0;                  // NOLINT
  return written ? Status::Ok() : Status::Refuse(kErrOutOfMemory, "no room for " + name);
}

}  // namespace backend
}  // namespace gssapi
