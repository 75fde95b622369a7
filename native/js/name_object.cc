// The face of a name.
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Name;
using backend::NamePtr;

napi_value JsImportName(const Call& call) {
  NamePtr name;
  Require(backend::ImportName(call.View(0), call.Text(1), &name));
  return NewHandle(call.data(), std::move(name));
}

napi_value JsDisplayName(const Call& call) {
  std::string text;
  std::string type;
  Require(backend::DisplayName(*call.Live<Name>(0)->value, &text, &type));
  Napi::Object object = Napi::Object::New(call.env());
  object.Set("text", text);
  object.Set("type", type);
  return object;
}

napi_value JsCompareNames(const Call& call) {
  bool equal = false;
  Require(backend::CompareNames(*call.Live<Name>(0)->value, *call.Live<Name>(1)->value, &equal));
  return Napi::Boolean::New(call.env(), equal);
}

napi_value JsCanonicalizeName(const Call& call) {
  Held<Name>* held = call.Live<Name>(0);
  EnvData* data = call.data();
  return Submit<NamePtr>(
      data, "gssapi:CanonicalizeName", Lane::kNetwork, held, held->queue, call.Uint32(2),
      [name = held->value, mechanism = call.Text(1)](NamePtr* result) {
        return backend::CanonicalizeName(*name, mechanism, result);
      },
      [data](Napi::Env, NamePtr& result) { return NewHandle(data, std::move(result)); });
}

napi_value JsExportName(const Call& call) {
  std::vector<uint8_t> token;
  Require(backend::ExportName(*call.Live<Name>(0)->value, &token));
  return ToBuffer(call.env(), token);
}

napi_value JsLocalName(const Call& call) {
  Held<Name>* held = call.Live<Name>(0);
  return Submit<std::string>(
      call.data(), "gssapi:LocalName", Lane::kNetwork, held, held->queue, call.Uint32(2),
      [name = held->value, mechanism = call.Text(1)](std::string* local) {
        return backend::LocalName(*name, mechanism, local);
      },
      [](Napi::Env env, std::string& local) { return Napi::String::New(env, local); });
}

napi_value JsDisplayNameAs(const Call& call) {
  std::string text;
  Require(backend::DisplayNameAs(*call.Live<Name>(0)->value, call.Text(1), &text));
  return Napi::String::New(call.env(), text);
}

// It reads the user's ~/.k5login, which may lie on another machine.
napi_value JsAuthorizeLocalName(const Call& call) {
  Held<Name>* held = call.Live<Name>(0);
  return Submit<bool>(
      call.data(), "gssapi:AuthorizeLocalName", Lane::kNetwork, held, held->queue, call.Uint32(2),
      [name = held->value, user = call.Live<Name>(1)->value](bool* authorized) {
        return backend::AuthorizeLocalName(*name, *user, authorized);
      },
      [](Napi::Env env, bool& authorized) { return Napi::Boolean::New(env, authorized); });
}

napi_value JsMechanismsForName(const Call& call) {
  std::vector<std::string> mechanisms;
  Require(backend::MechanismsForName(*call.Live<Name>(0)->value, &mechanisms));
  return ToArray(call.env(), mechanisms);
}

}  // namespace

std::vector<Export> NameExports() {
  return {
      {"importName", Entry<JsImportName>},
      {"displayName", Entry<JsDisplayName>},
      {"compareNames", Entry<JsCompareNames>},
      {"canonicalizeName", Entry<JsCanonicalizeName>},
      {"exportName", Entry<JsExportName>},
      {"localName", Entry<JsLocalName>},
      {"displayNameAs", Entry<JsDisplayNameAs>},
      {"authorizeLocalName", Entry<JsAuthorizeLocalName>},
      {"mechanismsForName", Entry<JsMechanismsForName>},
  };
}

}  // namespace gssapi
