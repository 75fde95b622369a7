#include "memory_keytab.h"

#include <algorithm>
#include <string>
#include <utility>

#include "failure.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kCall[] = "krb5_kt_add_entry";

struct Entry {
  uint32_t name_type = 0;
  uint32_t timestamp = 0;
  uint32_t version = 0;
  int32_t enctype = 0;
  std::string name;
  Bytes key;
};

// Heimdal's krb5_keytab_entry, as of 1.5 and later. Older ones end before `aliases`.
struct HeimdalEntry {
  void* principal;
  uint32_t version;
  struct {
    int32_t type;
    size_t length;
    void* data;
  } key;
  uint32_t timestamp;
  uint32_t flags;
  void* aliases;
};

// Reads what src/encoding/keytab.ts packs; where that does not add up `good` is false.
class Packed {
 public:
  explicit Packed(Bytes bytes) : left_(bytes) {}

  bool good() const { return good_; }
  bool empty() const { return left_.size == 0; }
  uint32_t Number() {
    Bytes bytes = Take(4);
    uint32_t value = 0;
    for (size_t i = 0; i < bytes.size; i++) value = value << 8 | bytes.data[i];
    return value;
  }
  Bytes Take(size_t size) {
    good_ = good_ && size <= left_.size;
    if (!good_) return {};
    Bytes taken = {left_.data, size};
    left_ = {left_.data + size, left_.size - size};
    return taken;
  }
  std::string Text(size_t size) {
    Bytes bytes = Take(size);
    return bytes.size == 0 ? "" : std::string(reinterpret_cast<const char*>(bytes.data), size);
  }
  Entry Next() {
    Entry entry;
    entry.name_type = Number();
    entry.timestamp = Number();
    entry.version = Number();
    entry.enctype = static_cast<int32_t>(Number());
    uint32_t name = Number();
    uint32_t key = Number();
    entry.name = Text(name);
    entry.key = Take(key);
    return entry;
  }

 private:
  Bytes left_;
  bool good_ = true;
};

Status Add(const Krb5Session& session, const Keytab& keytab, const Entry& from) {
  Principal principal(session);
  Status status = principal.Parse(from.name);
  if (!status.ok()) return status;
  auto* key = const_cast<uint8_t*>(from.key.data);  // the library copies it
  if (!g_gss->mit) {
    HeimdalEntry entry = {};
    entry.principal = principal.get();
    entry.version = from.version;
    entry.key = {from.enctype, from.key.size, key};
    entry.timestamp = from.timestamp;
    auto* generic = reinterpret_cast<krb5_keytab_entry*>(&entry);
    return session.Check(kCall, Krb5()->krb5_kt_add_entry(session.get(), keytab.get(), generic));
  }
  principal.get()->type = static_cast<krb5_int32>(from.name_type);
  krb5_keytab_entry entry = {};
  entry.principal = principal.get();
  entry.timestamp = static_cast<krb5_timestamp>(from.timestamp);
  entry.vno = from.version;
  entry.key.enctype = from.enctype;
  entry.key.length = static_cast<unsigned int>(from.key.size);
  entry.key.contents = key;
  return session.Check(kCall, Krb5()->krb5_kt_add_entry(session.get(), keytab.get(), &entry));
}

}  // namespace

Status MemoryKeytab::Fill(Bytes packed) {
  Packed parts(packed);
  std::string name = parts.Text(parts.Number());
  std::vector<Entry> entries;
  while (parts.good() && !parts.empty()) entries.push_back(parts.Next());
  if (!parts.good()) return Status::Refuse(kErrInternalAssertion, "a packed keytab is cut", kCall);
  Status status = session_.Begin();
  if (status.ok()) status = keytab_.Resolve(name);
  // MIT's later ones stand first, and the first one's name is taken where none is given.
  if (g_gss->mit) std::reverse(entries.begin(), entries.end());
  for (size_t i = 0; i < entries.size() && status.ok(); i++) {
    status = Add(session_, keytab_, entries[i]);
  }
  return status;
}

Status MakeKeytabs(const CredentialRequest& request, MemoryKeytabs* keytabs) {
  for (const Secret& packed : request.keytabs) {
    if (Krb5() == nullptr || Krb5()->krb5_kt_add_entry == nullptr) return Unsupported(kCall);
    auto keytab = std::make_shared<MemoryKeytab>();
    Status status = keytab->Fill({packed.data(), packed.size()});
    if (!status.ok()) return status;
    keytabs->push_back(std::move(keytab));
  }
  return Status::Ok();
}

}  // namespace backend
}  // namespace gssapi
