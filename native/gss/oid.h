// Object identifiers: dotted text above the backend, DER below it.
#ifndef NATIVE_GSS_OID_H_
#define NATIVE_GSS_OID_H_

#include <memory>
#include <string>
#include <vector>

#include "library.h"

namespace gssapi {
namespace backend {

inline constexpr char kKrb5Oid[] = "1.2.840.113554.1.2.2";
inline constexpr char kSpnegoOid[] = "1.3.6.1.5.5.2";
inline constexpr char kNtlmOid[] = "1.3.6.1.4.1.311.2.2.10";
inline constexpr char kNoCiFlagsOid[] = "1.2.752.43.13.29";  // GSS_KRB5_CRED_NO_CI_FLAGS_X

// An object identifier in DER, which lives as long as this object: a caller may make up any number
// of them, so none is kept for the process. The libraries copy what they keep (MIT:
// generic_gss_copy_oid in mechglue/g_imp_name.c, Heimdal: mech/gss_import_name.c) or keep their own
// mechanism's (gssint_select_mech_type, __gss_get_mechanism).
class Oid {
 public:
  Oid() = default;
  explicit Oid(const std::string& text);  // empty for invalid text
  Oid(Oid&&) = default;                   // the DER stays where it is
  Oid& operator=(Oid&&) = default;
  Oid(const Oid&) = delete;
  Oid& operator=(const Oid&) = delete;

  explicit operator bool() const { return der_ != nullptr; }
  // The C API lacks const.
  gss_OID get() const { return der_ == nullptr ? GSS_C_NO_OID : const_cast<gss_OID>(&descriptor_); }

 private:
  std::unique_ptr<uint8_t[]> der_;
  gss_OID_desc descriptor_ = {0, nullptr};
};

// Those that every failure is asked with, made once.
gss_OID Krb5Oid();
gss_OID SpnegoOid();

std::string OidToText(const gss_OID_desc* oid);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_OID_H_
