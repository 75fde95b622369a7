// The face of a security context: establishment, inquiry, disposal. Messages are in
// message_object.cc.
#include <chrono>

#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Bindings;
using backend::Context;
using backend::ContextFacts;
using backend::ContextPtr;
using backend::ContextRequest;
using backend::Credential;
using backend::Name;

struct Stepped {
  std::vector<uint8_t> reply;
  ContextFacts facts;
};

double Now() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

Napi::Value ToReply(Napi::Env env, const Stepped& stepped) {
  return stepped.reply.empty() ? env.Null() : ToBuffer(env, stepped.reply);
}

// [initiator type, initiator address, acceptor type, acceptor address, application data], or null.
Bindings ReadBindings(const Call& call, size_t i) {
  Bindings bindings;
  if (call.IsNull(i)) return bindings;
  auto tuple = Napi::Value(call.env(), call.value(i)).As<Napi::Array>();
  auto bytes = [&](uint32_t k) {
    auto view = tuple.Get(k).As<Napi::Uint8Array>();
    return std::vector<uint8_t>(view.Data(), view.Data() + view.ByteLength());
  };
  bindings.present = true;
  bindings.initiator_type = tuple.Get(0U).As<Napi::Number>().Uint32Value();
  bindings.initiator_address = bytes(1);
  bindings.acceptor_type = tuple.Get(2U).As<Napi::Number>().Uint32Value();
  bindings.acceptor_address = bytes(3);
  bindings.application_data = bytes(4);
  return bindings;
}

napi_value MakeContext(const Call& call, ContextRequest&& request) {
  ContextPtr context;
  Require(backend::NewContext(std::move(request), &context));
  Held<Context>* held = nullptr;
  Napi::Value handle = NewHandle(call.data(), std::move(context), &held);
  held->gate = call.OptionalGate(0);
  return handle;
}

napi_value JsNewInitiator(const Call& call) {
  ContextRequest request;
  request.initiator = true;
  request.credential = call.Optional<Credential>(0);
  request.target = call.Live<Name>(1)->value;
  request.mechanism = call.Text(2);
  request.flags = call.Uint32(3);
  request.lifetime = call.Uint32(4);
  request.bindings = ReadBindings(call, 5);
  request.negotiable = call.Texts(6);
  return MakeContext(call, std::move(request));
}

napi_value JsNewAcceptor(const Call& call) {
  ContextRequest request;
  request.credential = call.Optional<Credential>(0);
  request.bindings = ReadBindings(call, 1);
  request.negotiable = call.Texts(2);
  return MakeContext(call, std::move(request));
}

// Only an initiator's first step, which has no token, asks a KDC: for the ticket.
napi_value JsStep(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  bool first = backend::IsInitiator(*held->value) && call.View(1).size == 0;
  Lane lane = first ? Lane::kNetwork : Lane::kLocal;
  return Submit<Stepped>(
      call.data(), "gssapi:StepContext", {lane, held->gate}, held, held->queue, call.Uint32(2),
      [context = held->value, token = OwnedBytes(call.View(1))](Stepped* stepped) {
        return backend::StepContext(context.get(), token.view(), &stepped->reply, &stepped->facts);
      },
      [held](Napi::Env env, Stepped& stepped) {
        KeepFacts(held, std::move(stepped.facts));
        return ToReply(env, stepped);
      });
}

napi_value JsStepSync(const Call& call) {
  Held<Context>* held = call.Free<Context>(0);
  ContextPtr context = held->value;
  Stepped stepped;
  Require(backend::StepContext(context.get(), call.View(1), &stepped.reply, &stepped.facts));
  KeepFacts(held, std::move(stepped.facts));
  return ToReply(call.env(), stepped);
}

// Into the shared array: [complete, flags, lifetime].
napi_value JsContextFacts(const Call& call) {
  const ContextFacts& facts = call.Object<Context>(0)->facts;
  uint32_t* out = call.data()->result();
  out[0] = facts.complete ? 1 : 0;
  out[1] = facts.flags;
  out[2] = facts.lifetime;
  return nullptr;
}

napi_value JsContextMechanism(const Call& call) {
  return Napi::String::New(call.env(), call.Object<Context>(0)->facts.mechanism);
}

// Asked once, where it may be.
void AskNames(Held<Context>* held) {
  if (held->named || held->value == nullptr || held->pending != 0 || !held->facts.complete) return;
  held->unnamed = backend::InquireNames(held->value.get(), &held->names[0], &held->names[1]);
  held->named = held->unnamed.ok();
}

napi_value JsContextName(const Call& call) {
  Held<Context>* held = call.Object<Context>(0);
  AskNames(held);
  if (!held->unnamed.ok()) throw StatusError{Status::Fail(Failure(held->unnamed.failure()))};
  const backend::NamePtr& name = held->names[call.Uint32(1) == 0 ? 0 : 1];
  return name == nullptr ? call.env().Null() : NewHandle(call.data(), name);
}

napi_value JsDelegatedCredential(const Call& call) {
  const ContextFacts& facts = call.Object<Context>(0)->facts;
  if (facts.delegated == nullptr) return call.env().Null();
  return NewHandle(call.data(), facts.delegated);
}

// The library is asked where it may be; otherwise the last answer is counted down.
napi_value JsContextLifetime(const Call& call) {
  Held<Context>* held = call.Object<Context>(0);
  if (held->value != nullptr && held->pending == 0 && held->facts.complete) {
    uint32_t lifetime = 0;
    Require(backend::ContextLifetime(held->value.get(), &lifetime));
    return ToSeconds(call.env(), lifetime);
  }
  if (held->facts.lifetime == backend::kIndefinite) {
    return ToSeconds(call.env(), backend::kIndefinite);
  }
  double passed = Now() - held->facts_at;
  double left = held->facts.lifetime > passed ? held->facts.lifetime - passed : 0;
  return ToSeconds(call.env(), static_cast<uint32_t>(left));
}

napi_value JsInquireContextByOid(const Call& call) {
  Held<Context>* held = call.Free<Context>(0);
  std::vector<Secret> values;
  Require(backend::InquireContextByOid(held->value.get(), call.Text(1), &values));
  Napi::Array array = Napi::Array::New(call.env(), values.size());
  for (uint32_t i = 0; i < values.size(); i++) {
    array.Set(i, Napi::Buffer<uint8_t>::Copy(call.env(), values[i].data(), values[i].size()));
  }
  return array;
}

napi_value JsDisposeContext(const Call& call) {
  Held<Context>* held = call.Object<Context>(0);
  held->Release();
  held->facts.delegated.reset();
  return nullptr;
}

napi_value JsContextPending(const Call& call) {
  return Napi::Number::New(call.env(), call.Object<Context>(0)->pending);
}

}  // namespace

void KnowNames(Held<Context>* held) { AskNames(held); }

void KeepFacts(Held<Context>* held, ContextFacts&& facts) {
  held->facts = std::move(facts);
  held->facts_at = Now();
}

std::vector<Export> ContextExports() {
  return {
      {"newInitiator", Entry<JsNewInitiator>},
      {"newAcceptor", Entry<JsNewAcceptor>},
      {"step", Entry<JsStep>},
      {"stepSync", Entry<JsStepSync>},
      {"contextFacts", Entry<JsContextFacts>},
      {"contextMechanism", Entry<JsContextMechanism>},
      {"contextName", Entry<JsContextName>},
      {"delegatedCredential", Entry<JsDelegatedCredential>},
      {"contextLifetime", Entry<JsContextLifetime>},
      {"inquireContextByOid", Entry<JsInquireContextByOid>},
      {"disposeContext", Entry<JsDisposeContext>},
      {"contextPending", Entry<JsContextPending>},
  };
}

}  // namespace gssapi
