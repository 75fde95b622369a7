// A keytab whose keys were given as bytes: in the library's memory, under a name that nobody else
// has. A credential of the library's has it open from when it is acquired, and finds it by that
// name whenever it is copied; whoever closes it last has its keys overwritten (MIT: krb5_mkt_close
// in kt_memory.c, Heimdal: mkt_close in keytab_memory.c). So ours is closed after the acquiring.
#ifndef NATIVE_GSS_MEMORY_KEYTAB_H_
#define NATIVE_GSS_MEMORY_KEYTAB_H_

#include <memory>
#include <vector>

#include "krb5_library.h"

namespace gssapi {
namespace backend {

class MemoryKeytab {
 public:
  MemoryKeytab() : keytab_(session_) {}
  // What src/encoding/keytab.ts packs: the name, counted; then for each key six numbers (type of
  // the name, time, version, encryption type, the sizes of both that follow), the name as text and
  // the key. Numbers have 32 bits, the highest first.
  Status Fill(Bytes packed);

 private:
  // Of its own, so that the keytab can be closed whatever has become of krb5.conf.
  Krb5Session session_;
  Keytab keytab_;
};

using MemoryKeytabs = std::vector<std::shared_ptr<MemoryKeytab>>;

// Those of a request, each made; before anything looks for them by their names.
Status MakeKeytabs(const CredentialRequest& request, MemoryKeytabs* keytabs);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_MEMORY_KEYTAB_H_
