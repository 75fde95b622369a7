// What the calls that make or store credentials have in common.
#ifndef NATIVE_JS_CREDENTIAL_OBJECT_H_
#define NATIVE_JS_CREDENTIAL_OBJECT_H_

#include <string>
#include <utility>
#include <vector>

#include "convert.h"

namespace gssapi {

struct Acquired {
  backend::CredentialPtr credential;
  backend::CredentialFacts facts;
};

Napi::Object ToObject(EnvData* data, const backend::CredentialFacts& facts);
// { credential, facts }
Napi::Object ToObject(EnvData* data, Acquired* acquired);
// Key and value by turns; the copies made on the way are overwritten.
std::vector<std::pair<std::string, Secret>> ReadStore(const Call& call, size_t i);

}  // namespace gssapi

#endif  // NATIVE_JS_CREDENTIAL_OBJECT_H_
