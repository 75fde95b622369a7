#include "failure.h"
#include "handles.h"
#include "package.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

constexpr uint32_t kBadName = 2U << 16;  // RFC 2744 3.9.1

constexpr char kCall[] = "ChangeAccountPasswordW";

struct Account {
  std::string user;
  std::string domain;
};

// 'DOMAIN\user', 'user@DOMAIN', or a user of the domain given.
Account AccountOf(const PasswordChange& change) {
  size_t backslash = change.user.find('\\');
  size_t at = change.user.rfind('@');
  if (!change.domain.empty()) return {change.user, change.domain};
  if (backslash != std::string::npos) {
    return {change.user.substr(backslash + 1), change.user.substr(0, backslash)};
  }
  if (at == std::string::npos) return {change.user, ""};
  return {change.user.substr(0, at), change.user.substr(at + 1)};
}

// The domain's rules, as NTSTATUS or as Win32's error in a HRESULT.
bool IsRefusal(SECURITY_STATUS status) {
  switch (static_cast<uint32_t>(status)) {
    case 0xC000006B:  // STATUS_ILL_FORMED_PASSWORD
    case 0xC000006C:  // STATUS_PASSWORD_RESTRICTION
    case 0xC000025A:  // STATUS_PWD_TOO_SHORT
    case 0xC000025B:  // STATUS_PWD_TOO_RECENT
    case 0xC000025C:  // STATUS_PWD_HISTORY_CONFLICT
    case 0x8007052D:  // ERROR_PASSWORD_RESTRICTION
      return true;
    default:
      return false;
  }
}

}  // namespace

Status ChangePassword(const PasswordChange& change) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  if (Table()->ChangeAccountPasswordW == nullptr) {
    return Unsupported(kCall, "this system's SSPI changes no passwords");
  }
  for (const Secret* each : {&change.old_password, &change.new_password}) {
    if (!IsText({each->data(), each->size()})) {
      return Status::RefuseToken(kFailureMajor, "the password is no text without a NUL", kCall);
    }
  }
  Account account = AccountOf(change);
  if (!Fits(account.user) || !Fits(account.domain)) {
    return Status::RefuseToken(kBadName, "the name is longer than SSPI can hold", kCall);
  }
  std::wstring user = ToWide(account.user);
  std::wstring domain = ToWide(account.domain);
  std::wstring package = ToWide(kNegotiate);
  WideSecret old_password(change.old_password);
  WideSecret new_password(change.new_password);
  if (!old_password.fits() || !new_password.fits()) {
    return Status::RefuseToken(kFailureMajor, "the password is longer than SSPI can hold", kCall);
  }
  SecBuffer answer = {0, SECBUFFER_CHANGE_PASS_RESPONSE, nullptr};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &answer};
  SECURITY_STATUS result =
      Table()->ChangeAccountPasswordW(Mutable(package), Mutable(domain), Mutable(user),
                                      old_password.data(), new_password.data(), FALSE, 0, &output);
  ContextBuffer<void> memory(answer.pvBuffer);
  status = Check(kCall, result);
  if (!status.ok() && IsRefusal(result)) status.failure().code = kErrPasswordRefused;
  return status;
}

}  // namespace backend
}  // namespace gssapi
