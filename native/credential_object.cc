// The face of a credential.
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Credential;
using backend::CredentialFacts;
using backend::CredentialPtr;
using backend::CredentialRequest;
using backend::Name;

struct Acquired {
  CredentialPtr credential;
  CredentialFacts facts;
};

Napi::Object ToObject(EnvData* data, const CredentialFacts& facts) {
  Napi::Env env = data->env();
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", facts.name == nullptr ? env.Null() : NewHandle(data, facts.name));
  object.Set("usage", Napi::Number::New(env, static_cast<double>(facts.usage)));
  object.Set("lifetime", facts.lifetime_known ? ToSeconds(env, facts.lifetime) : env.Null());
  object.Set("initiatorLifetime", ToSeconds(env, facts.initiator_lifetime));
  object.Set("acceptorLifetime", ToSeconds(env, facts.acceptor_lifetime));
  object.Set("mechanisms", ToArray(env, facts.mechanisms));
  return object;
}

CredentialRequest ReadRequest(const Call& call) {
  CredentialRequest request;
  request.name = call.Optional<Name>(0);
  request.usage = static_cast<backend::Usage>(call.Uint32(1));
  request.mechanisms = call.Texts(2);
  request.lifetime = call.Uint32(3);
  std::vector<std::string> store = call.Texts(4);
  for (size_t i = 0; i + 1 < store.size(); i += 2) {
    const std::string& value = store[i + 1];
    request.store.emplace_back(
        store[i], Secret(Bytes{reinterpret_cast<const uint8_t*>(value.data()), value.size()}));
    SecureZero(store[i + 1].data(), value.size());  // it may be a password
  }
  if (!call.IsNull(5)) request.password = Secret(call.View(5));
  request.domain = call.Text(6);
  return request;
}

napi_value JsAcquireCredential(const Call& call) {
  EnvData* data = call.data();
  return Submit<Acquired>(
      data, "gssapi:AcquireCredential", nullptr, std::make_shared<JobQueue>(), call.Uint32(7),
      [request = ReadRequest(call)](Acquired* acquired) {
        return backend::AcquireCredential(request, &acquired->credential, &acquired->facts);
      },
      [data](Napi::Env env, Acquired& acquired) {
        Napi::Object object = Napi::Object::New(env);
        object.Set("credential", NewHandle(data, std::move(acquired.credential)));
        object.Set("facts", ToObject(data, acquired.facts));
        return object;
      });
}

napi_value JsInquireCredential(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  EnvData* data = call.data();
  return Submit<CredentialFacts>(
      data, "gssapi:InquireCredential", held, held->queue, call.Uint32(2),
      [credential = held->value, mechanism = call.Text(1)](CredentialFacts* facts) {
        return backend::InquireCredential(*credential, mechanism, facts);
      },
      [data](Napi::Env, CredentialFacts& facts) { return ToObject(data, facts); });
}

napi_value JsDisposeCredential(const Call& call) {
  call.Object<Credential>(0)->Release();
  return nullptr;
}

}  // namespace

std::vector<Export> CredentialExports() {
  return {
      {"acquireCredential", Entry<JsAcquireCredential>},
      {"inquireCredential", Entry<JsInquireCredential>},
      {"disposeCredential", Entry<JsDisposeCredential>},
  };
}

}  // namespace gssapi
