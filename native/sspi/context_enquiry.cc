#include "clock.h"
#include "failure.h"
#include "handles.h"
#include "name.h"
#include "text.h"

namespace gssapi {
namespace backend {
namespace {

constexpr uint32_t kUnavailable = 16U << 16;  // RFC 2744 3.9.1

struct NativeNames {
  std::string client;
  std::string server;
};

NativeNames AskNativeNames(Context* context) {
  SecPkgContext_NativeNamesW names = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_NATIVE_NAMES, &names) !=
      SEC_E_OK) {
    return {};
  }
  ContextBuffer<SEC_WCHAR> client(names.sClientName);
  ContextBuffer<SEC_WCHAR> server(names.sServerName);
  return {ToUtf8(client.get()), ToUtf8(server.get())};
}

// 'DOMAIN\user': the user of Windows that the initiator is.
std::string AskUserName(Context* context) {
  SecPkgContext_NamesW names = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_NAMES, &names) !=
      SEC_E_OK) {
    return "";
  }
  ContextBuffer<SEC_WCHAR> user(names.sUserName);
  return ToUtf8(user.get());
}

// The encryption type as the twin gives it: 1.2.840.113554.1.2.2.4.ENCTYPE in DER, without its tag.
void AppendEnctype(Context* context, std::vector<Secret>* values) {
  SecPkgContext_KeyInfoW info = {};
  if (Table()->QueryContextAttributesW(context->handle.get(), SECPKG_ATTR_KEY_INFO, &info) !=
      SEC_E_OK) {
    return;
  }
  ContextBuffer<SEC_WCHAR> signature(info.sSignatureAlgorithmName);
  ContextBuffer<SEC_WCHAR> encryption(info.sEncryptAlgorithmName);
  if (info.EncryptAlgorithm == 0 || info.EncryptAlgorithm > 0x7f) return;
  const uint8_t oid[] = {0x2a,
                         0x86,
                         0x48,
                         0x86,
                         0xf7,
                         0x12,
                         0x01,
                         0x02,
                         0x02,
                         0x04,
                         static_cast<uint8_t>(info.EncryptAlgorithm)};
  values->emplace_back(Bytes{oid, sizeof(oid)});
}

constexpr char kSessionKeyOid[] = "1.2.840.113554.1.2.2.5.5";  // GSS_C_INQ_SSPI_SESSION_KEY

}  // namespace

Status ContextLifetime(Context* context, uint32_t* lifetime) {
  *lifetime = SecondsUntil(context->expiry, context->local_expiry);
  return Status::Ok();
}

Status InquireNames(Context* context, NamePtr* initiator, NamePtr* acceptor) {
  const ContextRequest& request = context->request;
  NativeNames names = AskNativeNames(context);
  if (names.client.empty()) names.client = AskUserName(context);
  if (!names.client.empty()) *initiator = MakeName(names.client);
  if (!names.server.empty()) *acceptor = MakeName(names.server);
  // What the package does not say is still known where the credential or the target says it.
  const NamePtr& own = context->credential == nullptr ? nullptr : context->credential->name;
  if (*initiator == nullptr && request.initiator) *initiator = own;
  if (*acceptor == nullptr) *acceptor = request.initiator ? request.target : own;
  return Status::Ok();
}

Status InquireContextByOid(Context* context, const std::string& oid, std::vector<Secret>* values) {
  static constexpr char kQuery[] = "QueryContextAttributesW";
  if (!context->complete) {
    return Status::Refuse(kErrNotEstablished, "the context is not established", kQuery);
  }
  if (oid != kSessionKeyOid) {
    return Status::RefuseToken(kUnavailable, "SSPI has no attribute for " + oid, kQuery);
  }
  SecPkgContext_SessionKey key = {};
  Status status = Check(kQuery, Table()->QueryContextAttributesW(context->handle.get(),
                                                                 SECPKG_ATTR_SESSION_KEY, &key));
  if (!status.ok()) return status;
  ContextBuffer<unsigned char> memory(key.SessionKey);
  values->emplace_back(Bytes{key.SessionKey, key.SessionKeyLength});
  SecureZero(key.SessionKey, key.SessionKeyLength);
  AppendEnctype(context, values);
  return status;
}

}  // namespace backend
}  // namespace gssapi
