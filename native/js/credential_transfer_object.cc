// The face of a credential that goes elsewhere: into a store, or as bytes to another process.
#include "credential_object.h"
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Credential;
using backend::CredentialPtr;
using backend::Stored;
using backend::StoreRequest;

napi_value JsStoreCredential(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  StoreRequest request;
  request.usage = static_cast<backend::Usage>(call.Uint32(1));
  request.mechanism = call.Text(2);
  request.overwrite = call.Bool(3);
  request.make_default = call.Bool(4);
  request.store = ReadStore(call, 5);
  return Submit<Stored>(
      call.data(), "gssapi:StoreCredential", {Lane::kNetwork, held->gate}, held, held->queue,
      call.Uint32(6),
      [credential = held->value, request = std::move(request)](Stored* stored) {
        return backend::StoreCredential(*credential, request, stored);
      },
      [](Napi::Env env, Stored& stored) {
        Napi::Object object = Napi::Object::New(env);
        object.Set("usage", Napi::Number::New(env, static_cast<double>(stored.usage)));
        object.Set("mechanisms", ToArray(env, stored.mechanisms));
        return object;
      });
}

struct Exported {
  Secret token;
  std::vector<std::string> places;
};

napi_value JsExportCredential(const Call& call) {
  Held<Credential>* held = call.Live<Credential>(0);
  return Submit<Exported>(
      call.data(), "gssapi:ExportCredential", {Lane::kNetwork, held->gate}, held, held->queue,
      call.Uint32(1),
      [credential = held->value](Exported* exported) {
        return backend::ExportCredential(*credential, &exported->token, &exported->places);
      },
      [](Napi::Env env, Exported& exported) {
        const Secret& token = exported.token;
        Napi::Object object = Napi::Object::New(env);
        object.Set("token", Napi::Buffer<uint8_t>::Copy(env, token.data(), token.size()));
        object.Set("places", ToArray(env, exported.places));
        return object;
      });
}

napi_value JsImportCredential(const Call& call) {
  EnvData* data = call.data();
  return Submit<CredentialPtr>(
      data, "gssapi:ImportCredential", Lane::kLocal, nullptr, std::make_shared<JobQueue>(),
      call.Uint32(1),
      [token = Secret(call.View(0))](CredentialPtr* credential) {
        return backend::ImportCredential(token, credential);
      },
      [data](Napi::Env, CredentialPtr& credential) {
        return NewHandle(data, std::move(credential));
      });
}

napi_value JsLeaveOpen(const Call& call) {
  backend::LeaveOpen(call.Live<Credential>(0)->value.get(),
                     static_cast<backend::Usage>(call.Uint32(1)), call.Texts(2), call.Texts(3));
  return nullptr;
}

}  // namespace

std::vector<Export> CredentialTransferExports() {
  return {
      {"storeCredential", Entry<JsStoreCredential>},
      {"exportCredential", Entry<JsExportCredential>},
      {"importCredential", Entry<JsImportCredential>},
      {"leaveOpen", Entry<JsLeaveOpen>},
  };
}

}  // namespace gssapi
