// Which ticket cache of several, and where keys are where nobody says it: as MIT's libkrb5 decides.
#ifndef NATIVE_GSS_CREDENTIAL_CHOICE_H_
#define NATIVE_GSS_CREDENTIAL_CHOICE_H_

#include <string>

#include "krb5_library.h"

namespace gssapi {
namespace backend {

struct Choice {
  std::string cache;
  std::string principal;  // empty: whose the cache is
};

// All for where Krb5Mit() is not null.

// As MIT chooses (kg_cred_resolve): by the target, else the collection's first. `collection` is
// empty for the environment's; `renews`: whether there is a client keytab.
Status Choose(const Krb5Session& session, const std::string& collection, bool renews,
              const NamePtr& target, Choice* choice);
// A principal's cache among those that are found by the name of one or of a collection; empty where
// none is that principal's.
std::string CacheOf(const NamePtr& name, const std::string& collection);
// The process's keytabs; empty where there is no name for one.
std::string ClientKeytab(const Krb5Session& session);
std::string DefaultKeytab(const Krb5Session& session);

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_GSS_CREDENTIAL_CHOICE_H_
