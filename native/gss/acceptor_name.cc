#include "acceptor_name.h"

#include <algorithm>
#include <cstring>

#include "failure.h"
#include "krb5_library.h"

namespace gssapi {
namespace backend {
namespace {

// What export_cred.c writes of a credential without a name, up to its keytab: usage, name,
// impersonator, whether it is the default identity, whether it is IAKERB's.
constexpr char kHead[] = "[\"K5C1\",[";
constexpr char kUnnamed[] = ",null,null,";

bool Skip(const char* word, Bytes* text) {
  size_t size = strlen(word);
  if (text->size < size || memcmp(text->data, word, size) != 0) return false;
  *text = {text->data + size, text->size - size};
  return true;
}

bool SkipBoolean(Bytes* text) { return Skip("true,", text) || Skip("false,", text); }

// A string in JSON; false where it is none, or has what a keytab's name has not.
bool Unquote(Bytes text, std::string* value) {
  if (!Skip("\"", &text)) return false;
  for (size_t i = 0; i < text.size && text.data[i] != '"'; i++) {
    bool escaped = text.data[i] == '\\';
    if (escaped && ++i == text.size) return false;
    char c = static_cast<char>(text.data[i]);
    if (escaped && c != '"' && c != '\\' && c != '/') return false;
    value->push_back(c);
  }
  return !value->empty();
}

// The keytab of krb5's element, also of the one inside SPNEGO's; "" where it has a name, or none.
std::string UnnamedKeytab(Bytes exported) {
  std::string keytab;
  const uint8_t* end = exported.data + exported.size;
  const uint8_t* at = std::search(exported.data, end, kHead, kHead + strlen(kHead));
  Bytes text = {at, static_cast<size_t>(end - at)};
  if (!Skip(kHead, &text) || text.size == 0) return "";
  text = {text.data + 1, text.size - 1};  // the usage, one digit
  bool unnamed = Skip(kUnnamed, &text) && SkipBoolean(&text) && SkipBoolean(&text);
  return unnamed && Unquote(text, &keytab) ? keytab : "";
}

Status FirstOf(const std::string& keytab_name, std::string* principal) {
  if (Krb5() == nullptr) return Unsupported("krb5_kt_next_entry");
  Krb5Session session;
  Status status = session.Begin();
  if (!status.ok()) return status;
  Keytab keytab(session);
  status = keytab.Resolve(keytab_name);
  return status.ok() ? keytab.FirstPrincipal(principal) : std::move(status);
}

}  // namespace

Status NameOfAcceptor(gss_cred_id_t credential, AcceptorName* found) {
  if (!g_gss->mit || g_gss->gss_export_cred == nullptr) return Status::Ok();
  LibraryBuffer exported;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_export_cred(&minor, credential, exported.out());
  if (GSS_ERROR(major)) return Status::Ok();  // of a mechanism that has no such form
  std::string keytab = UnnamedKeytab({exported.data(), exported.size()});
  SecureZero(exported.out()->value, exported.size());
  found->unnamed = !keytab.empty();
  std::string principal;
  Status status = found->unnamed ? FirstOf(keytab, &principal) : Status::Ok();
  if (!status.ok() || principal.empty()) return status;
  static constexpr char kPrincipalType[] = "1.2.840.113554.1.2.2.1";  // GSS_KRB5_NT_PRINCIPAL_NAME
  NamePtr name;
  status = ImportName(BytesOf(principal), kPrincipalType, &name);
  return status.ok() ? CanonicalizeName(*name, kKrb5Oid, &found->name) : std::move(status);
}

}  // namespace backend
}  // namespace gssapi
