#include "library.h"

#include <mutex>

#include "text.h"

namespace gssapi {
namespace backend {

const Sspi* g_sspi = nullptr;

namespace {

std::mutex g_mutex;

// What this package cannot do without.
#define SSPI_REQUIRED_FUNCTIONS(X) \
  X(AcceptSecurityContext)         \
  X(AcquireCredentialsHandleW)     \
  X(DecryptMessage)                \
  X(DeleteSecurityContext)         \
  X(EncryptMessage)                \
  X(EnumerateSecurityPackagesW)    \
  X(FreeContextBuffer)             \
  X(FreeCredentialsHandle)         \
  X(InitializeSecurityContextW)    \
  X(MakeSignature)                 \
  X(QueryContextAttributesW)       \
  X(QuerySecurityPackageInfoW)     \
  X(VerifySignature)

// The address of a function as the type that it has.
template <class Function>
Function Find(HMODULE module, const char* name) {
  return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module, name)));
}

std::string PathOf(HMODULE module) {
  std::wstring path(MAX_PATH, L'\0');
  DWORD length = GetModuleFileNameW(module, &path[0], MAX_PATH);
  path.resize(length);
  return ToUtf8(path);
}

// Windows tells programs that it does not know an older version than it has; ntdll tells the true
// one.
std::string WindowsVersion(HMODULE ntdll) {
  using RtlGetVersion = LONG(WINAPI*)(OSVERSIONINFOW*);
  auto get = Find<RtlGetVersion>(ntdll, "RtlGetVersion");
  OSVERSIONINFOW version = {};
  version.dwOSVersionInfoSize = sizeof(version);
  if (get == nullptr || get(&version) != 0) return "";
  return std::to_string(version.dwMajorVersion) + "." + std::to_string(version.dwMinorVersion) +
         "." + std::to_string(version.dwBuildNumber);
}

void DescribeSystem(Sspi* sspi) {
  HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll == nullptr) return;
  using WineVersion = const char*(CDECL*)();
  auto wine = Find<WineVersion>(ntdll, "wine_get_version");
  sspi->wine = wine != nullptr;
  sspi->info.implementation = sspi->wine ? "wine" : "windows";
  sspi->info.version = sspi->wine ? wine() : WindowsVersion(ntdll);
}

std::string Missing(const SecurityFunctionTableW& table) {
  std::string missing;
#define SSPI_REQUIRE(name) \
  if (table.name == nullptr) missing += std::string(missing.empty() ? "" : ", ") + #name;
  SSPI_REQUIRED_FUNCTIONS(SSPI_REQUIRE)
#undef SSPI_REQUIRE
  return missing;
}

void ListFeatures(const SecurityFunctionTableW& table, LibraryInfo* info) {
#define SSPI_LIST(name) \
  if (table.name != nullptr) info->features.push_back(#name);
  SSPI_OPTIONAL_FUNCTIONS(SSPI_LIST)
#undef SSPI_LIST
}

Status NotFound(const std::string& what) {
  return Status::Refuse(kErrLibraryNotFound, what, "InitSecurityInterfaceW");
}

// The pool's threads run this addon's code for as long as the process lives. Node unloads an addon
// with the last worker that loaded it, and they would go on in memory that is gone.
bool StayLoaded() {
  HMODULE self = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            reinterpret_cast<LPCWSTR>(&g_mutex), &self) != 0;
}
[[maybe_unused]] const bool g_stays = StayLoaded();

}  // namespace

Status SelectLibrary(const std::string& path) {
  return Status::Refuse(kErrUnsupported,
                        "on Windows the security library is the system's own, not " + path);
}

Status LoadLibrary() {
  std::lock_guard<std::mutex> lock(g_mutex);
  if (g_sspi != nullptr) return Status::Ok();
  // From the system's directory only: one of the same name beside the program or on PATH may be
  // anybody's.
  HMODULE module = LoadLibraryExW(L"secur32.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (module == nullptr) return NotFound("secur32.dll could not be loaded");
  auto init = Find<INIT_SECURITY_INTERFACE_W>(module, "InitSecurityInterfaceW");
  auto sspi = std::make_unique<Sspi>();
  sspi->table = init == nullptr ? nullptr : init();
  if (sspi->table == nullptr) return NotFound("secur32.dll gave no table of functions");
  std::string missing = Missing(*sspi->table);
  if (!missing.empty()) return NotFound("secur32.dll lacks " + missing);
  sspi->info.backend = "sspi";
  sspi->info.path = PathOf(module);
  DescribeSystem(sspi.get());
  ListFeatures(*sspi->table, &sspi->info);
  g_sspi = sspi.release();  // for the rest of the process
  return Status::Ok();
}

Status DescribeLibrary(LibraryInfo* info) {
  Status loaded = LoadLibrary();
  if (loaded.ok()) *info = g_sspi->info;
  return loaded;
}

// Windows ends all other threads before a DLL hears of the process' end. One of them may have held
// the lock that `stop` wants: it would wait for ever.
void AtProcessEnd(void (* /*stop*/)()) {}

void BeforeThreads() {}

Status ReadVariable(const std::string& /*name*/, Variable* /*value*/) {
  return Status::Refuse(kErrUnsupported, "on Windows no variable leads the security library");
}

Status SwapVariable(const std::string& name, const Variable& /*expected*/,
                    const Variable& /*value*/, bool* /*swapped*/) {
  Variable none;
  return ReadVariable(name, &none);
}

}  // namespace backend
}  // namespace gssapi
