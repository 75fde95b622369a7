// The face of a credential.
#include "credential_object.h"

#include "exports.h"
#include "job.h"

namespace gssapi {

Napi::Object ToObject(EnvData* data, const backend::CredentialFacts& facts) {
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

Napi::Object ToObject(EnvData* data, Acquired* acquired) {
  Napi::Object object = Napi::Object::New(data->env());
  object.Set("credential", NewHandle(data, std::move(acquired->credential)));
  object.Set("facts", ToObject(data, acquired->facts));
  return object;
}

std::vector<std::pair<std::string, Secret>> ReadStore(const Call& call, size_t i) {
  std::vector<std::pair<std::string, Secret>> store;
  std::vector<std::string> texts = call.Texts(i);
  for (size_t k = 0; k + 1 < texts.size(); k += 2) {
    std::string& value = texts[k + 1];
    store.emplace_back(texts[k],
                       Secret(Bytes{reinterpret_cast<const uint8_t*>(value.data()), value.size()}));
    SecureZero(value.data(), value.size());  // it may be a password
  }
  return store;
}

namespace {

using backend::Credential;
using backend::CredentialFacts;
using backend::CredentialRequest;
using backend::Name;

backend::Environment ReadPlaces(const Call& call, size_t i) {
  std::vector<std::string> texts = call.Texts(i);
  texts.resize(3);
  return {texts[0], texts[1], texts[2]};
}

napi_value JsEnvironment(const Call& call) {
  backend::Environment environment = backend::ReadEnvironment();
  return ToArray(call.env(), {environment.ccache, environment.keytab, environment.client_keytab});
}

std::vector<Secret> ReadSecrets(const Call& call, size_t i) {
  std::vector<Secret> secrets;
  for (MutableBytes bytes : call.Spans(i)) secrets.emplace_back(Bytes{bytes.data, bytes.size});
  return secrets;
}

CredentialRequest ReadRequest(const Call& call) {
  CredentialRequest request;
  request.name = call.Optional<Name>(0);
  request.usage = static_cast<backend::Usage>(call.Uint32(1));
  request.mechanisms = call.Texts(2);
  request.lifetime = call.Uint32(3);
  request.store = ReadStore(call, 4);
  request.keytabs = ReadSecrets(call, 5);
  if (!call.IsNull(6)) request.password = Secret(call.View(6));
  request.domain = call.Text(7);
  request.environment = ReadPlaces(call, 8);
  return request;
}

napi_value JsAcquireCredential(const Call& call) {
  EnvData* data = call.data();
  return Submit<Acquired>(
      data, "gssapi:AcquireCredential", Lane::kNetwork, nullptr, std::make_shared<JobQueue>(),
      call.Uint32(9),
      [request = ReadRequest(call)](Acquired* acquired) {
        return backend::AcquireCredential(request, &acquired->credential, &acquired->facts);
      },
      [data](Napi::Env, Acquired& acquired) { return ToObject(data, &acquired); });
}

napi_value JsImpersonateName(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  EnvData* data = call.data();
  CredentialRequest request;
  request.name = call.Live<Name>(1)->value;
  request.usage = static_cast<backend::Usage>(call.Uint32(2));
  request.mechanisms = call.Texts(3);
  request.lifetime = call.Uint32(4);
  return Submit<Acquired>(
      data, "gssapi:ImpersonateName", {Lane::kNetwork, held->gate}, held,
      std::make_shared<JobQueue>(), call.Uint32(5),
      [impersonator = held->value, request = std::move(request)](Acquired* acquired) {
        return backend::ImpersonateName(*impersonator, request, &acquired->credential,
                                        &acquired->facts);
      },
      [data](Napi::Env, Acquired& acquired) { return ToObject(data, &acquired); });
}

napi_value JsAddCredential(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  EnvData* data = call.data();
  CredentialRequest request;
  request.name = call.Optional<Name>(2);
  request.usage = static_cast<backend::Usage>(call.Uint32(3));
  request.mechanisms = {call.Text(4)};
  request.lifetime = call.Uint32(5);
  request.store = ReadStore(call, 6);
  request.keytabs = ReadSecrets(call, 7);
  if (!call.IsNull(8)) request.password = Secret(call.View(8));
  request.environment = ReadPlaces(call, 9);
  return Submit<Acquired>(
      data, "gssapi:AddCredential", {Lane::kNetwork, held->gate}, held,
      std::make_shared<JobQueue>(), call.Uint32(10),
      [base = held->value, impersonator = call.Optional<Credential>(1),
       request = std::move(request)](Acquired* acquired) {
        return backend::AddCredential(*base, impersonator, request, &acquired->credential,
                                      &acquired->facts);
      },
      [data](Napi::Env, Acquired& acquired) { return ToObject(data, &acquired); });
}

napi_value JsInquireCredential(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  EnvData* data = call.data();
  return Submit<CredentialFacts>(
      data, "gssapi:InquireCredential", {Lane::kNetwork, held->gate}, held, held->queue,
      call.Uint32(2),
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
      {"environment", Entry<JsEnvironment>},
      {"acquireCredential", Entry<JsAcquireCredential>},
      {"impersonateName", Entry<JsImpersonateName>},
      {"addCredential", Entry<JsAddCredential>},
      {"inquireCredential", Entry<JsInquireCredential>},
      {"disposeCredential", Entry<JsDisposeCredential>},
  };
}

}  // namespace gssapi
