// The face of what is set on a credential, and asked of it, by object identifier.
#include <cstring>

#include "credential_object.h"
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Credential;

napi_value JsSetNegotiableMechanisms(const Call& call) {
  Require(backend::SetNegotiableMechanisms(call.Live<Credential>(0)->value.get(), call.Texts(1)));
  return nullptr;
}

napi_value JsSetCredentialOption(const Call& call) {
  Credential* credential = call.Live<Credential>(0)->value.get();
  Require(backend::SetCredentialOption(credential, call.Text(1), call.View(2)));
  return nullptr;
}

// Numbers of 32 bits, as their memory.
std::vector<int32_t> ReadNumbers(Bytes bytes) {
  std::vector<int32_t> numbers(bytes.size / sizeof(int32_t));
  if (!numbers.empty()) memcpy(numbers.data(), bytes.data, numbers.size() * sizeof(int32_t));
  return numbers;
}

napi_value JsSetEnctypes(const Call& call) {
  Credential* credential = call.Live<Credential>(0)->value.get();
  Require(backend::SetEnctypes(credential, ReadNumbers(call.View(1))));
  return nullptr;
}

napi_value JsInquireCredentialByOid(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  return Submit<std::vector<Secret>>(
      call.data(), "gssapi:InquireCredentialByOid", {Lane::kNetwork, held->gate}, held, held->queue,
      call.Uint32(2),
      [credential = held->value, oid = call.Text(1)](std::vector<Secret>* values) {
        return backend::InquireCredentialByOid(*credential, oid, values);
      },
      [](Napi::Env env, std::vector<Secret>& values) {
        Napi::Array array = Napi::Array::New(env, values.size());
        for (uint32_t i = 0; i < values.size(); i++) {
          array.Set(i, Napi::Buffer<uint8_t>::Copy(env, values[i].data(), values[i].size()));
        }
        return array;
      });
}

}  // namespace

std::vector<Export> CredentialOptionExports() {
  return {
      {"setNegotiableMechanisms", Entry<JsSetNegotiableMechanisms>},
      {"setCredentialOption", Entry<JsSetCredentialOption>},
      {"setEnctypes", Entry<JsSetEnctypes>},
      {"inquireCredentialByOid", Entry<JsInquireCredentialByOid>},
  };
}

}  // namespace gssapi
