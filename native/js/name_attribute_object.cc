// What a name says of itself beyond its text, and its attributes: the face of both.
#include "exports.h"

namespace gssapi {
namespace {

using backend::Name;

napi_value JsInquireName(const Call& call) {
  backend::NameFacts facts;
  Require(backend::InquireName(*call.Live<Name>(0)->value, &facts));
  Napi::Object object = Napi::Object::New(call.env());
  object.Set("ofMechanism", facts.of_mechanism);
  object.Set("mechanism", facts.mechanism);
  object.Set("attributes", ToArray(call.env(), facts.attributes));
  return object;
}

napi_value JsGetNameAttribute(const Call& call) {
  backend::NameAttribute found;
  Require(backend::GetNameAttribute(*call.Live<Name>(0)->value, call.Text(1), &found));
  Napi::Array values = Napi::Array::New(call.env(), found.values.size());
  Napi::Array displays = Napi::Array::New(call.env(), found.values.size());
  for (uint32_t i = 0; i < found.values.size(); i++) {
    values.Set(i, ToBuffer(call.env(), found.values[i].value));
    displays.Set(i, Napi::String::New(call.env(), found.values[i].display));
  }
  Napi::Object object = Napi::Object::New(call.env());
  object.Set("authenticated", found.authenticated);
  object.Set("complete", found.complete);
  object.Set("values", values);
  object.Set("displayValues", displays);
  return object;
}

napi_value JsSetNameAttribute(const Call& call) {
  Require(backend::SetNameAttribute(call.Live<Name>(0)->value.get(), call.Text(1), call.Bool(2),
                                    call.View(3)));
  return nullptr;
}

napi_value JsDeleteNameAttribute(const Call& call) {
  Require(backend::DeleteNameAttribute(call.Live<Name>(0)->value.get(), call.Text(1)));
  return nullptr;
}

napi_value JsExportCompositeName(const Call& call) {
  std::vector<uint8_t> token;
  Require(backend::ExportCompositeName(*call.Live<Name>(0)->value, &token));
  return ToBuffer(call.env(), token);
}

}  // namespace

std::vector<Export> NameAttributeExports() {
  return {
      {"inquireName", Entry<JsInquireName>},
      {"getNameAttribute", Entry<JsGetNameAttribute>},
      {"setNameAttribute", Entry<JsSetNameAttribute>},
      {"deleteNameAttribute", Entry<JsDeleteNameAttribute>},
      {"exportCompositeName", Entry<JsExportCompositeName>},
  };
}

}  // namespace gssapi
