// What the calls that make or store credentials have in common.
#ifndef NATIVE_GSS_CREDENTIAL_PARTS_H_
#define NATIVE_GSS_CREDENTIAL_PARTS_H_

#include <string>
#include <utility>
#include <vector>

#include "handles.h"
#include "oid_set.h"

namespace gssapi {
namespace backend {

// A credential store (gss_const_key_value_set_t) that points at somebody else's texts.
class KeyValueSet {
 public:
  explicit KeyValueSet(const std::vector<std::pair<std::string, Secret>>& store) {
    for (const auto& [key, value] : store) Add(key.c_str(), value);
  }
  void Add(const char* key, const Secret& value) { elements_.push_back({key, value.text()}); }
  // Null where it is empty: the process's defaults.
  gss_const_key_value_set_t set() {
    set_ = {static_cast<OM_uint32>(elements_.size()), elements_.data()};
    return elements_.empty() ? nullptr : &set_;
  }

 private:
  std::vector<gss_key_value_element_desc> elements_;
  gss_key_value_set_desc set_ = {0, nullptr};
};

// What the library says of a credential that it has just made.
struct Actual {
  OidSetHandle mechanisms;
  OM_uint32 lifetime = 0;
};

// The lifetime is asked for only where nothing is left to choose: MIT would settle a default
// initiator credential on one cache of the collection, before the target is known.
inline bool MayAskLifetime(const CredentialRequest& request) {
  return request.name != nullptr || request.usage == Usage::kAccept || request.password.present();
}

inline gss_name_t HandleOf(const NamePtr& name) {
  return name == nullptr ? GSS_C_NO_NAME : name->handle.get();
}

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_CREDENTIAL_PARTS_H_
