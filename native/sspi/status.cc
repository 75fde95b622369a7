// Long because: it is one table.
#include <iterator>

#include "failure.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

// RFC 2744 3.9.1. Windows' headers do not know them.
constexpr uint32_t BAD_MECH = 1U << 16;
constexpr uint32_t BAD_NAME = 2U << 16;
constexpr uint32_t BAD_BINDINGS = 4U << 16;
constexpr uint32_t BAD_MIC = 6U << 16;
constexpr uint32_t NO_CRED = 7U << 16;
constexpr uint32_t NO_CONTEXT = kNoContext;
constexpr uint32_t DEFECTIVE_TOKEN = kDefectiveToken;
constexpr uint32_t DEFECTIVE_CREDENTIAL = 10U << 16;
constexpr uint32_t CONTEXT_EXPIRED = 12U << 16;
constexpr uint32_t FAILURE = kFailureMajor;
constexpr uint32_t BAD_QOP = 14U << 16;
constexpr uint32_t UNAUTHORIZED = 15U << 16;
constexpr uint32_t UNAVAILABLE = 16U << 16;
constexpr uint32_t UNSEQ_TOKEN = kUnsequenced;

// Every SEC_E_ status: its name, its number, and the major status that MIT krb5 answers in the same
// situation, so that one code serves on both platforms.
#define SSPI_STATUSES(X)                                             \
  X(SEC_E_INSUFFICIENT_MEMORY, 0x80090300, FAILURE)                  \
  X(SEC_E_INVALID_HANDLE, 0x80090301, NO_CONTEXT)                    \
  X(SEC_E_UNSUPPORTED_FUNCTION, 0x80090302, UNAVAILABLE)             \
  X(SEC_E_TARGET_UNKNOWN, 0x80090303, FAILURE)                       \
  X(SEC_E_INTERNAL_ERROR, 0x80090304, FAILURE)                       \
  X(SEC_E_SECPKG_NOT_FOUND, 0x80090305, BAD_MECH)                    \
  X(SEC_E_NOT_OWNER, 0x80090306, NO_CRED)                            \
  X(SEC_E_CANNOT_INSTALL, 0x80090307, FAILURE)                       \
  X(SEC_E_INVALID_TOKEN, 0x80090308, DEFECTIVE_TOKEN)                \
  X(SEC_E_CANNOT_PACK, 0x80090309, FAILURE)                          \
  X(SEC_E_QOP_NOT_SUPPORTED, 0x8009030A, BAD_QOP)                    \
  X(SEC_E_NO_IMPERSONATION, 0x8009030B, UNAUTHORIZED)                \
  X(SEC_E_LOGON_DENIED, 0x8009030C, NO_CRED)                         \
  X(SEC_E_UNKNOWN_CREDENTIALS, 0x8009030D, NO_CRED)                  \
  X(SEC_E_NO_CREDENTIALS, 0x8009030E, NO_CRED)                       \
  X(SEC_E_MESSAGE_ALTERED, 0x8009030F, BAD_MIC)                      \
  X(SEC_E_OUT_OF_SEQUENCE, 0x80090310, UNSEQ_TOKEN)                  \
  X(SEC_E_NO_AUTHENTICATING_AUTHORITY, 0x80090311, FAILURE)          \
  X(SEC_E_BAD_PKGID, 0x80090316, BAD_MECH)                           \
  X(SEC_E_CONTEXT_EXPIRED, 0x80090317, CONTEXT_EXPIRED)              \
  X(SEC_E_INCOMPLETE_MESSAGE, 0x80090318, DEFECTIVE_TOKEN)           \
  X(SEC_E_INCOMPLETE_CREDENTIALS, 0x80090320, DEFECTIVE_CREDENTIAL)  \
  X(SEC_E_BUFFER_TOO_SMALL, 0x80090321, FAILURE)                     \
  X(SEC_E_WRONG_PRINCIPAL, 0x80090322, FAILURE)                      \
  X(SEC_E_TIME_SKEW, 0x80090324, FAILURE)                            \
  X(SEC_E_UNTRUSTED_ROOT, 0x80090325, FAILURE)                       \
  X(SEC_E_ILLEGAL_MESSAGE, 0x80090326, DEFECTIVE_TOKEN)              \
  X(SEC_E_CERT_UNKNOWN, 0x80090327, FAILURE)                         \
  X(SEC_E_CERT_EXPIRED, 0x80090328, FAILURE)                         \
  X(SEC_E_ENCRYPT_FAILURE, 0x80090329, FAILURE)                      \
  X(SEC_E_DECRYPT_FAILURE, 0x80090330, BAD_MIC)                      \
  X(SEC_E_ALGORITHM_MISMATCH, 0x80090331, FAILURE)                   \
  X(SEC_E_SECURITY_QOS_FAILED, 0x80090332, UNAUTHORIZED)             \
  X(SEC_E_UNFINISHED_CONTEXT_DELETED, 0x80090333, NO_CONTEXT)        \
  X(SEC_E_NO_TGT_REPLY, 0x80090334, NO_CRED)                         \
  X(SEC_E_NO_IP_ADDRESSES, 0x80090335, FAILURE)                      \
  X(SEC_E_WRONG_CREDENTIAL_HANDLE, 0x80090336, DEFECTIVE_CREDENTIAL) \
  X(SEC_E_CRYPTO_SYSTEM_INVALID, 0x80090337, FAILURE)                \
  X(SEC_E_MAX_REFERRALS_EXCEEDED, 0x80090338, FAILURE)               \
  X(SEC_E_MUST_BE_KDC, 0x80090339, FAILURE)                          \
  X(SEC_E_STRONG_CRYPTO_NOT_SUPPORTED, 0x8009033A, FAILURE)          \
  X(SEC_E_TOO_MANY_PRINCIPALS, 0x8009033B, FAILURE)                  \
  X(SEC_E_NO_PA_DATA, 0x8009033C, FAILURE)                           \
  X(SEC_E_PKINIT_NAME_MISMATCH, 0x8009033D, FAILURE)                 \
  X(SEC_E_SMARTCARD_LOGON_REQUIRED, 0x8009033E, NO_CRED)             \
  X(SEC_E_SHUTDOWN_IN_PROGRESS, 0x8009033F, FAILURE)                 \
  X(SEC_E_KDC_INVALID_REQUEST, 0x80090340, FAILURE)                  \
  X(SEC_E_KDC_UNABLE_TO_REFER, 0x80090341, FAILURE)                  \
  X(SEC_E_KDC_UNKNOWN_ETYPE, 0x80090342, FAILURE)                    \
  X(SEC_E_UNSUPPORTED_PREAUTH, 0x80090343, FAILURE)                  \
  X(SEC_E_DELEGATION_REQUIRED, 0x80090345, UNAUTHORIZED)             \
  X(SEC_E_BAD_BINDINGS, 0x80090346, BAD_BINDINGS)                    \
  X(SEC_E_MULTIPLE_ACCOUNTS, 0x80090347, FAILURE)                    \
  X(SEC_E_NO_KERB_KEY, 0x80090348, NO_CRED)                          \
  X(SEC_E_CERT_WRONG_USAGE, 0x80090349, FAILURE)                     \
  X(SEC_E_DOWNGRADE_DETECTED, 0x80090350, FAILURE)                   \
  X(SEC_E_SMARTCARD_CERT_REVOKED, 0x80090351, FAILURE)               \
  X(SEC_E_ISSUING_CA_UNTRUSTED, 0x80090352, FAILURE)                 \
  X(SEC_E_REVOCATION_OFFLINE_C, 0x80090353, FAILURE)                 \
  X(SEC_E_PKINIT_CLIENT_FAILURE, 0x80090354, FAILURE)                \
  X(SEC_E_SMARTCARD_CERT_EXPIRED, 0x80090355, FAILURE)               \
  X(SEC_E_NO_S4U_PROT_SUPPORT, 0x80090356, UNAVAILABLE)              \
  X(SEC_E_CROSSREALM_DELEGATION_FAILURE, 0x80090357, FAILURE)        \
  X(SEC_E_REVOCATION_OFFLINE_KDC, 0x80090358, FAILURE)               \
  X(SEC_E_ISSUING_CA_UNTRUSTED_KDC, 0x80090359, FAILURE)             \
  X(SEC_E_KDC_CERT_EXPIRED, 0x8009035A, FAILURE)                     \
  X(SEC_E_KDC_CERT_REVOKED, 0x8009035B, FAILURE)                     \
  X(SEC_E_INVALID_PARAMETER, 0x8009035D, FAILURE)                    \
  X(SEC_E_DELEGATION_POLICY, 0x8009035E, UNAUTHORIZED)               \
  X(SEC_E_POLICY_NLTM_ONLY, 0x8009035F, UNAUTHORIZED)                \
  X(SEC_E_NO_CONTEXT, 0x80090361, NO_CONTEXT)                        \
  X(SEC_E_PKU2U_CERT_FAILURE, 0x80090362, FAILURE)                   \
  X(SEC_E_MUTUAL_AUTH_FAILED, 0x80090363, FAILURE)                   \
  X(SEC_E_ONLY_HTTPS_ALLOWED, 0x80090365, FAILURE)                   \
  X(SEC_E_APPLICATION_PROTOCOL_MISMATCH, 0x80090367, FAILURE)        \
  X(SEC_E_INVALID_UPN_NAME, 0x80090369, BAD_NAME)                    \
  X(SEC_E_EXT_BUFFER_TOO_SMALL, 0x8009036A, FAILURE)                 \
  X(SEC_E_INSUFFICIENT_BUFFERS, 0x8009036B, FAILURE)

struct Row {
  uint32_t value;
  const char* name;
  uint32_t major;
};

#define SSPI_ROW(name, value, major) {value, #name, major},
constexpr Row kRows[] = {SSPI_STATUSES(SSPI_ROW)};
#undef SSPI_ROW

// The numbers are the header's.
#define SSPI_ASSERT(name, value, major) \
  static_assert(static_cast<uint32_t>(name) == (value), "winerror.h");
SSPI_STATUSES(SSPI_ASSERT)
#undef SSPI_ASSERT

const Row* RowOf(uint32_t value) {
  for (const Row& row : kRows) {
    if (row.value == value) return &row;
  }
  return nullptr;
}

std::string Hexadecimal(uint32_t value) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(value >> shift) & 0xf];
  return text;
}

// The system's own sentence, in the system's language.
std::string SystemText(uint32_t value) {
  wchar_t text[1024];
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                value, 0, text, static_cast<DWORD>(std::size(text)), nullptr);
  while (length > 0 && (text[length - 1] == L'\n' || text[length - 1] == L'\r' ||
                        text[length - 1] == L' ' || text[length - 1] == L'.')) {
    length--;
  }
  return ToUtf8(std::wstring(text, length));
}

}  // namespace

Status PackageFailure(const char* call, SECURITY_STATUS status) {
  auto value = static_cast<uint32_t>(status);
  const Row* row = RowOf(value);
  Failure failure;
  failure.call = call;
  failure.major = row == nullptr ? kFailureMajor : row->major;
  failure.minor = value;
  failure.status_value = value;
  failure.status_name = row == nullptr ? Hexadecimal(value) : row->name;
  std::string text = SystemText(value);
  if (!text.empty()) failure.minor_messages.push_back(std::move(text));
  if (status == SEC_E_UNSUPPORTED_FUNCTION) failure.code = kErrUnsupported;
  return Status::Fail(std::move(failure));
}

Status Unsupported(const char* call, const std::string& what) {
  return Status::Refuse(kErrUnsupported, what, call);
}

Status BadMechanism(const char* call, const std::string& mechanism) {
  return Status::RefuseToken(BAD_MECH, "SSPI has no package for " + mechanism, call);
}

}  // namespace backend
}  // namespace gssapi
