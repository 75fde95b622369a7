#include "oid.h"

#include <map>
#include <mutex>

namespace gssapi {
namespace backend {
namespace {

constexpr size_t kMostInterned = 4096;  // callers may ask about OIDs they make up

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

struct Interned {
  std::vector<uint8_t> der;
  gss_OID_desc oid;
};

}  // namespace

gss_OID OidFromText(const std::string& text) {
  static std::mutex* mutex = new std::mutex;
  static auto* table = new std::map<std::string, Interned>;
  std::lock_guard<std::mutex> lock(*mutex);
  auto found = table->find(text);
  if (found != table->end()) return &found->second.oid;
  Interned interned;
  if (table->size() >= kMostInterned || !Encode(text, &interned.der)) return GSS_C_NO_OID;
  Interned& kept = table->emplace(text, std::move(interned)).first->second;
  kept.oid.length = static_cast<OM_uint32>(kept.der.size());
  kept.oid.elements = kept.der.data();
  return &kept.oid;
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
