#include "credential.h"

#include <algorithm>

#include "clock.h"
#include "failure.h"
#include "name.h"
#include "package.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kCall[] = "AcquireCredentialsHandleW";
constexpr uint32_t kBadName = 2U << 16;  // RFC 2744 3.9.1

struct Account {
  std::wstring user;
  std::wstring domain;
};

// 'DOMAIN\user'; 'user@REALM'; a UPN, which is a user's name as it is.
Account AccountOf(const Name& name, const std::string& domain) {
  std::string user = TargetText(name);
  std::string realm;
  size_t backslash = user.find('\\');
  size_t at = user.rfind('@');
  if (backslash != std::string::npos) {
    realm = user.substr(0, backslash);
    user = user.substr(backslash + 1);
  } else if (at != std::string::npos && name.type == kPrincipalOid) {
    realm = user.substr(at + 1);
    user = user.substr(0, at);
  }
  return {ToWide(user), ToWide(domain.empty() ? realm : domain)};
}

// SEC_WINNT_AUTH_IDENTITY_W over a request's account and password; null where there is no password.
class Identity {
 public:
  explicit Identity(const CredentialRequest& request)
      : present_(request.password.present()), password_(request.password) {
    if (!present_) return;
    if (request.name != nullptr) account_ = AccountOf(*request.name, request.domain);
    identity_.User = Units(account_.user);
    identity_.UserLength = static_cast<ULONG>(account_.user.size());
    identity_.Domain = Units(account_.domain);
    identity_.DomainLength = static_cast<ULONG>(account_.domain.size());
    identity_.Password = reinterpret_cast<unsigned short*>(password_.data());
    identity_.PasswordLength = static_cast<ULONG>(password_.size());
    identity_.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  }
  void* get() { return present_ ? &identity_ : nullptr; }
  bool fits() const { return password_.fits(); }

 private:
  static unsigned short* Units(const std::wstring& text) {
    return reinterpret_cast<unsigned short*>(Mutable(text));
  }
  bool present_;
  Account account_;
  WideSecret password_;
  SEC_WINNT_AUTH_IDENTITY_W identity_ = {};
};

// One handle of one package, for one side.
Status AcquireHandle(const std::string& package, unsigned long side, const std::wstring& principal,
                     void* identity, CredentialHandle* handle, TimeStamp* expiry) {
  std::wstring wide = ToWide(package);
  SECURITY_STATUS status = Table()->AcquireCredentialsHandleW(
      principal.empty() ? nullptr : Mutable(principal), Mutable(wide), side, nullptr, identity,
      nullptr, nullptr, handle->out(), expiry);
  if (status < 0) Invalidate(handle->out());
  return Check(kCall, status);
}

Status AcquirePackage(const std::string& package, Usage usage, const std::wstring& principal,
                      void* identity, PackageCredential* result) {
  result->package = package;
  if (usage != Usage::kAccept) {
    Status status = AcquireHandle(package, SECPKG_CRED_OUTBOUND, principal, identity,
                                  &result->outbound, &result->expiry);
    if (!status.ok()) return status;
  }
  if (usage == Usage::kInitiate) return Status::Ok();
  TimeStamp expiry = {};
  Status status =
      AcquireHandle(package, SECPKG_CRED_INBOUND, principal, identity, &result->inbound, &expiry);
  if (usage == Usage::kAccept) result->expiry = expiry;
  return status;
}

struct Packages {
  std::vector<std::string> names;
  bool all = true;  // each of them has to be had; else one is enough
};

Status WantedPackages(const std::vector<std::string>& mechanisms, Packages* packages) {
  packages->all = !mechanisms.empty();
  if (mechanisms.empty()) packages->names = {kKerberos, kNegotiate};
  for (const std::string& mechanism : mechanisms) {
    std::string package = PackageOf(mechanism);
    if (package.empty()) return BadMechanism(kCall, mechanism);
    packages->names.push_back(std::move(package));
  }
  return Status::Ok();
}

Status CheckRequest(const CredentialRequest& request) {
  if (!request.store.empty()) {
    return Unsupported(kCall, "SSPI has no credential stores: its credentials are Windows' own");
  }
  if (request.password.present() && request.name == nullptr) {
    return Status::RefuseToken(kBadName, "a password needs the name it belongs to", kCall);
  }
  Bytes password = {request.password.data(), request.password.size()};
  if (request.password.present() && !IsText(password)) {
    return Status::RefuseToken(kFailureMajor, "the password is no text without a NUL", kCall);
  }
  if (!Fits(request.domain)) {
    return Status::RefuseToken(kBadName, "the domain is longer than SSPI can hold", kCall);
  }
  return Status::Ok();
}

uint32_t LifetimeOf(const PackageCredential& credential) {
  return SecondsUntil(credential.expiry, TellsLocalTime(credential.package));
}

// Whose credential it is, as the package says; null where it does not.
NamePtr OwnerOf(const PackageCredential& credential) {
  if (Table()->QueryCredentialsAttributesW == nullptr) return nullptr;
  SecHandle* handle = credential.outbound.get();
  SecPkgCredentials_NamesW names = {};
  SECURITY_STATUS status = Table()->QueryCredentialsAttributesW(
      handle == nullptr ? credential.inbound.get() : handle, SECPKG_CRED_ATTR_NAMES, &names);
  if (status != SEC_E_OK) return nullptr;
  ContextBuffer<SEC_WCHAR> user(names.sUserName);
  return user ? MakeName(ToUtf8(user.get())) : nullptr;
}

void Describe(const Credential& credential, const PackageCredential& package,
              CredentialFacts* facts) {
  uint32_t lifetime = LifetimeOf(package);
  facts->usage = credential.usage;
  facts->lifetime_known = true;
  facts->lifetime = lifetime;
  facts->initiator_lifetime = credential.usage == Usage::kAccept ? 0 : lifetime;
  facts->acceptor_lifetime = credential.usage == Usage::kInitiate ? 0 : lifetime;
  for (const PackageCredential& each : credential.packages) {
    facts->mechanisms.push_back(MechanismOf(each.package));
  }
}

}  // namespace

bool TellsLocalTime(const std::string& package) { return package != kNtlm; }

Status AcquireDefault(const std::string& package, Usage usage, CredentialPtr* credential) {
  auto result = std::make_shared<Credential>();
  result->usage = usage;
  result->packages.emplace_back();
  Status status = AcquirePackage(package, usage, L"", nullptr, &result->packages.back());
  if (status.ok()) *credential = std::move(result);
  return status;
}

Environment ReadEnvironment() { return {}; }

Status AcquireCredential(const CredentialRequest& request, CredentialPtr* credential,
                         CredentialFacts* facts) {
  Packages packages;
  Status status = LoadLibrary();
  if (status.ok()) status = CheckRequest(request);
  if (status.ok()) status = WantedPackages(request.mechanisms, &packages);
  if (!status.ok()) return status;
  Identity identity(request);
  if (!identity.fits()) {
    return Status::RefuseToken(kFailureMajor, "the password is longer than SSPI can hold", kCall);
  }
  std::wstring principal;
  if (request.name != nullptr) principal = ToWide(TargetText(*request.name));
  auto result = std::make_shared<Credential>();
  result->name = request.name;
  result->usage = request.usage;
  Status first = Status::Ok();
  for (const std::string& package : packages.names) {
    PackageCredential acquired;
    status = AcquirePackage(package, request.usage, principal, identity.get(), &acquired);
    if (status.ok()) {
      result->packages.push_back(std::move(acquired));
    } else if (packages.all) {
      return status;
    } else if (first.ok()) {
      first = std::move(status);
    }
  }
  if (result->packages.empty()) return first;
  Describe(*result, result->packages.front(), facts);
  facts->name = request.name;
  *credential = std::move(result);
  return Status::Ok();
}

Status InquireCredential(const Credential& credential, const std::string& mechanism,
                         CredentialFacts* facts) {
  static constexpr char kInquire[] = "QueryCredentialsAttributesW";
  std::string package =
      mechanism.empty() ? credential.packages.front().package : PackageOf(mechanism);
  const PackageCredential* found = credential.For(package);
  if (found == nullptr) {
    return Status::RefuseToken(7U << 16, "the credential is not for " + mechanism, kInquire);
  }
  Describe(credential, *found, facts);
  facts->name = OwnerOf(*found);
  if (facts->name == nullptr) facts->name = credential.name;
  return Status::Ok();
}

// Windows locks a credential for moments only.
Sharing SharingOf(const Credential&) { return Sharing::kFree; }

}  // namespace backend
}  // namespace gssapi
