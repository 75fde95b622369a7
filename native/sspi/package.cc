#include "package.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "text.h"

namespace gssapi {
namespace backend {
namespace {

struct Row {
  const char* oid;
  const char* package;
};
constexpr Row kRows[] = {{kKrb5Oid, kKerberos}, {kSpnegoOid, kNegotiate}, {kNtlmOid, kNtlm}};

bool IsOid(const std::string& text) {
  return text.find_first_not_of("0123456789.") == std::string::npos;
}

// Windows takes the names of packages in either case of letters.
bool SameWord(const std::string& one, const char* other) {
  auto same = [](unsigned char a, unsigned char b) { return tolower(a) == tolower(b); };
  return std::equal(one.begin(), one.end(), other, other + strlen(other), same);
}

bool Begins(Bytes token, const std::string& prefix) {
  return token.size >= prefix.size() && memcmp(token.data, prefix.data(), prefix.size()) == 0;
}

// Past the tag and length of RFC 2743 3.1's frame; nothing where there is none.
Bytes Unframed(Bytes token) {
  if (token.size < 2 || token.data[0] != 0x60) return {};
  size_t head = 2 + (token.data[1] < 0x80 ? 0 : token.data[1] & 0x7fU);
  return head >= token.size ? Bytes{} : Bytes{token.data + head, token.size - head};
}

// Object identifiers in DER, with tag and length. The second is one that Windows 2000 wrote by
// mistake.
const std::string kKrb5Der("\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 11);
const std::string kMskrb5Der("\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 11);

}  // namespace

std::string PackageOf(const std::string& mechanism) {
  const auto* found = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& row) {
    return mechanism == row.oid || SameWord(mechanism, row.package);
  });
  if (found != std::end(kRows)) return found->package;
  return IsOid(mechanism) || !Fits(mechanism) ? "" : mechanism;
}

std::string MechanismOf(const std::string& package) {
  const auto* found = std::find_if(std::begin(kRows), std::end(kRows),
                                   [&](const Row& row) { return package == row.package; });
  return found == std::end(kRows) ? package : found->oid;
}

std::string PackageOfToken(Bytes token) {
  if (Begins(token, std::string("NTLMSSP\0", 8))) return kNtlm;
  if (token.size != 0 && token.data[0] == 0x6e) return kKerberos;  // a bare AP-REQ: DCE style
  Bytes inner = Unframed(token);
  return Begins(inner, kKrb5Der) || Begins(inner, kMskrb5Der) ? kKerberos : kNegotiate;
}

}  // namespace backend
}  // namespace gssapi
