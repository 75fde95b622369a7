#include "oid.h"

#include <cstring>
#include <vector>

namespace gssapi {
namespace backend {
namespace {

void AppendArc(uint64_t arc, std::vector<uint8_t>* der) {
  uint8_t digits[10];
  size_t count = 0;
  do {
    digits[count++] = arc & 0x7f;
    arc >>= 7;
  } while (arc != 0);
  while (count-- > 1) der->push_back(digits[count] | 0x80);
  der->push_back(digits[0]);
}

// Digits and single dots only, at least two arcs; false otherwise.
bool Parse(const std::string& text, std::vector<uint64_t>* arcs) {
  uint64_t arc = 0;
  bool digit = false;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      if (arc > (UINT64_MAX - 9) / 10) return false;
      arc = arc * 10 + static_cast<uint64_t>(c - '0');
      digit = true;
    } else if (c == '.' && digit) {
      arcs->push_back(arc);
      arc = 0;
      digit = false;
    } else {
      return false;
    }
  }
  if (!digit) return false;
  arcs->push_back(arc);
  return arcs->size() >= 2 && (*arcs)[0] <= 2 && ((*arcs)[0] == 2 || (*arcs)[1] < 40) &&
         (*arcs)[1] <= UINT64_MAX - 80;
}

bool Encode(const std::string& text, std::vector<uint8_t>* der) {
  std::vector<uint64_t> arcs;
  if (!Parse(text, &arcs)) return false;
  AppendArc(arcs[0] * 40 + arcs[1], der);
  for (size_t i = 2; i < arcs.size(); i++) AppendArc(arcs[i], der);
  return true;
}

}  // namespace

Oid::Oid(const std::string& text) {
  std::vector<uint8_t> der;
  if (!Encode(text, &der)) return;
  der_ = std::make_unique<uint8_t[]>(der.size());
  memcpy(der_.get(), der.data(), der.size());
  descriptor_ = {static_cast<OM_uint32>(der.size()), der_.get()};
}

gss_OID Krb5Oid() {
  static const Oid* krb5 = new Oid(kKrb5Oid);
  return krb5->get();
}

gss_OID SpnegoOid() {
  static const Oid* spnego = new Oid(kSpnegoOid);
  return spnego->get();
}

std::string OidToText(const gss_OID_desc* oid) {
  if (oid == GSS_C_NO_OID || oid->length == 0) return "";
  const auto* der = static_cast<const uint8_t*>(oid->elements);
  std::string text;
  uint64_t arc = 0;
  for (OM_uint32 i = 0; i < oid->length; i++) {
    arc = (arc << 7) | (der[i] & 0x7f);
    if ((der[i] & 0x80) != 0) continue;
    if (text.empty()) {
      uint64_t first = arc < 80 ? arc / 40 : 2;
      text = std::to_string(first) + "." + std::to_string(arc - first * 40);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace backend
}  // namespace gssapi
