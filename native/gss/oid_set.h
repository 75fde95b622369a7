// Sets of object identifiers, from text and to text.
#ifndef NATIVE_GSS_OID_SET_H_
#define NATIVE_GSS_OID_SET_H_

#include <string>
#include <vector>

#include "oid.h"

namespace gssapi {
namespace backend {

// A set of our own, with its identifiers.
class OidSet {
 public:
  // `call` is whose failure it is where a text is no OID.
  Status Read(const char* call, const std::vector<std::string>& texts);
  gss_OID_set set() { return oids_.empty() ? GSS_C_NO_OID_SET : &set_; }
  // Whose words a failure is in: krb5's where none was named.
  gss_OID first() { return oids_.empty() ? Krb5Oid() : &oids_[0]; }

 private:
  std::vector<Oid> owned_;
  std::vector<gss_OID_desc> oids_;
  gss_OID_set_desc set_ = {0, nullptr};
};

std::vector<std::string> ToTexts(gss_OID_set set);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_OID_SET_H_
