// The face of what only some mechanisms have: options of a context, and what Kerberos knows of it.
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Context;
using backend::LucidContext;
using backend::LucidKey;

Napi::Value ToBuffer(Napi::Env env, const Secret& secret) {
  return Napi::Buffer<uint8_t>::Copy(env, secret.data(), secret.size());
}

Napi::Value ToKey(Napi::Env env, const LucidKey& key) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("type", Napi::Number::New(env, key.type));
  object.Set("key", ToBuffer(env, key.key));
  return object;
}

napi_value JsProcessContextToken(const Call& call) {
  Held<Context>* held = call.Free<Context>(0);
  Require(backend::ProcessContextToken(held->value.get(), call.View(1)));
  return nullptr;
}

napi_value JsSetContextOption(const Call& call) {
  Held<Context>* held = call.Free<Context>(0);
  Require(backend::SetContextOption(held->value.get(), call.Text(1), call.View(2)));
  return nullptr;
}

napi_value JsTicketFlags(const Call& call) {
  uint32_t flags = 0;
  Require(backend::ContextTicketFlags(call.Free<Context>(0)->value.get(), &flags));
  return Napi::Number::New(call.env(), flags);
}

napi_value JsAuthTime(const Call& call) {
  int64_t seconds = 0;
  Require(backend::ContextAuthTime(call.Free<Context>(0)->value.get(), &seconds));
  return Napi::Number::New(call.env(), static_cast<double>(seconds));
}

napi_value JsAuthorizationData(const Call& call) {
  std::vector<Secret> elements;
  Held<Context>* held = call.Free<Context>(0);
  Require(backend::ContextAuthorizationData(held->value.get(), call.Uint32(1), &elements));
  Napi::Array array = Napi::Array::New(call.env(), elements.size());
  for (uint32_t i = 0; i < elements.size(); i++) array.Set(i, ToBuffer(call.env(), elements[i]));
  return array;
}

napi_value JsExportLucidContext(const Call& call) {
  Held<Context>* held = call.Free<Context>(0);
  LucidContext lucid;
  Require(backend::ExportLucidContext(held->value.get(), &lucid));
  held->Release();
  Napi::Env env = call.env();
  Napi::Object object = Napi::Object::New(env);
  object.Set("initiator", Napi::Boolean::New(env, lucid.initiator));
  object.Set("endTime", Napi::Number::New(env, lucid.end_time));
  object.Set("sendSequence", Napi::BigInt::New(env, lucid.send_sequence));
  object.Set("receiveSequence", Napi::BigInt::New(env, lucid.receive_sequence));
  object.Set("protocol", Napi::Number::New(env, lucid.protocol));
  object.Set("signAlgorithm", Napi::Number::New(env, lucid.sign_algorithm));
  object.Set("sealAlgorithm", Napi::Number::New(env, lucid.seal_algorithm));
  object.Set("key", ToKey(env, lucid.key));
  object.Set("acceptorSubkey",
             lucid.has_acceptor_subkey ? ToKey(env, lucid.acceptor_subkey) : env.Null());
  return object;
}

}  // namespace

std::vector<Export> Krb5ContextExports() {
  return {
      {"processContextToken", Entry<JsProcessContextToken>},
      {"setContextOption", Entry<JsSetContextOption>},
      {"ticketFlags", Entry<JsTicketFlags>},
      {"authTime", Entry<JsAuthTime>},
      {"authorizationData", Entry<JsAuthorizationData>},
      {"exportLucidContext", Entry<JsExportLucidContext>},
  };
}

}  // namespace gssapi
