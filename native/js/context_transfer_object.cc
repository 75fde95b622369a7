// The face of a context that goes elsewhere, and comes from there.
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Context;
using backend::ContextFacts;
using backend::ContextPtr;

struct Nothing {};

struct Imported {
  ContextPtr context;
  ContextFacts facts;
};

// What the library has of it is gone with the export; the handle lets go of the rest.
napi_value JsExportContext(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  return Submit<Secret>(
      call.data(), "gssapi:ExportContext", Lane::kLocal, held, held->queue, call.Uint32(1),
      [context = held->value](Secret* token) {
        return backend::ExportContext(context.get(), token);
      },
      [held](Napi::Env env, Secret& token) {
        held->Release();
        return Napi::Buffer<uint8_t>::Copy(env, token.data(), token.size());
      });
}

napi_value JsImportContext(const Call& call) {
  EnvData* data = call.data();
  return Submit<Imported>(
      data, "gssapi:ImportContext", Lane::kLocal, nullptr, std::make_shared<JobQueue>(),
      call.Uint32(1),
      [token = Secret(call.View(0))](Imported* imported) {
        return backend::ImportContext(token, &imported->context, &imported->facts);
      },
      [data](Napi::Env env, Imported& imported) {
        Napi::Object object = Napi::Object::New(env);
        object.Set("initiator", Napi::Boolean::New(env, IsInitiator(*imported.context)));
        Held<Context>* held = nullptr;
        object.Set("context", NewHandle(data, std::move(imported.context), &held));
        KeepFacts(held, std::move(imported.facts));
        return object;
      });
}

napi_value JsResumeContext(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  ContextFacts facts;
  facts.flags = call.Uint32(2);
  facts.lifetime = call.Uint32(3);
  std::string mechanism = call.Text(4);
  facts.mechanism = mechanism;
  return Submit<Nothing>(
      call.data(), "gssapi:ResumeContext", Lane::kLocal, held, held->queue, call.Uint32(5),
      [context = held->value, token = Secret(call.View(1)), mechanism = std::move(mechanism)](
          Nothing*) { return backend::ResumeContext(context.get(), token, mechanism); },
      [held, facts = std::move(facts)](Napi::Env env, Nothing&) mutable {
        KeepFacts(held, std::move(facts));
        return env.Undefined();
      });
}

}  // namespace

std::vector<Export> ContextTransferExports() {
  return {
      {"exportContext", Entry<JsExportContext>},
      {"importContext", Entry<JsImportContext>},
      {"resumeContext", Entry<JsResumeContext>},
  };
}

}  // namespace gssapi
