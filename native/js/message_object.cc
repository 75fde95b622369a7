// Per-message calls: synchronous ones on the calling thread, without a C++ object in between, and
// their asynchronous twins in the context's queue.
#include "message_object.h"

#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

using backend::Context;
using backend::MessageResult;

// ---------------------------------------------------------------- synchronous

napi_value JsWrapBound(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  size_t bound = backend::WrapBound(*held->value, call.Bool(1), static_cast<size_t>(call.Int64(2)));
  return Napi::Number::New(call.env(), static_cast<double>(bound));
}

napi_value JsMicBound(const Call& call) {
  return Number(call, backend::MicBound(*call.Live<Context>(0)->value));
}

napi_value JsUnwrapBound(const Call& call) {
  return Number(call, backend::UnwrapBound(*call.Live<Context>(0)->value, call.View(1)));
}

// A message that would be overwritten while it is read is copied first.
Bytes Apart(Bytes message, MutableBytes out, OwnedBytes* copy) {
  auto at = reinterpret_cast<uintptr_t>(message.data);
  auto to = reinterpret_cast<uintptr_t>(out.data);
  if (at >= to + out.size || to >= at + message.size) return message;
  *copy = OwnedBytes(message);
  return copy->view();
}

napi_value JsWrap(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  Bytes message = call.View(1);
  bool confidential = call.Bool(4);
  MutableBytes out =
      Room(call.Span(2), call.Uint32(3), backend::WrapBound(*context, confidential, message.size));
  size_t written = 0;
  OwnedBytes copy;
  message = Apart(message, out, &copy);
  Status status = backend::Wrap(context, confidential, call.Uint32(5), message, out, &written);
  return Failed(call, status) ? nullptr : Number(call, written);
}

napi_value JsUnwrap(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  Bytes token = call.View(1);
  MutableBytes out = Room(call.Span(2), call.Uint32(3), backend::UnwrapBound(*context, token));
  MessageResult result;
  if (Failed(call, backend::Unwrap(context, token, out, &result))) return nullptr;
  Report(call, result);
  return Number(call, result.size);
}

napi_value JsUnwrapWithin(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  Bytes token = call.View(1);
  MutableBytes buffer = Room(call.Span(2), 0, token.size);
  memcpy(buffer.data, token.data, token.size);
  MessageResult result;
  if (Failed(call, backend::UnwrapInPlace(context, {buffer.data, token.size}, &result))) {
    return nullptr;
  }
  Report(call, result);
  return Number(call, result.size);
}

napi_value JsGetMic(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  MutableBytes out = Room(call.Span(2), call.Uint32(3), backend::MicBound(*context));
  size_t written = 0;
  OwnedBytes copy;
  Bytes message = Apart(call.View(1), out, &copy);
  Status status = backend::GetMic(context, call.Uint32(4), message, out, &written);
  return Failed(call, status) ? nullptr : Number(call, written);
}

napi_value JsVerifyMic(const Call& call) {
  Context* context = call.Free<Context>(0)->value.get();
  MessageResult result;
  if (Failed(call, backend::VerifyMic(context, call.View(1), call.View(2), &result)))
    return nullptr;
  Report(call, result);
  return nullptr;
}

napi_value JsWrapSizeLimit(const Call& call) {
  uint32_t limit = 0;
  Require(backend::WrapSizeLimit(call.Free<Context>(0)->value.get(), call.Bool(2), call.Uint32(3),
                                 call.Uint32(1), &limit));
  return Number(call, limit);
}

// ---------------------------------------------------------------- asynchronous
// Inputs are copied at the call: the caller may change, transfer or share them meanwhile.

struct Produced {
  OwnedBytes bytes;
  size_t size = 0;
};

struct Unwrapped {
  OwnedBytes bytes;
  MessageResult result;
};

napi_value JsWrapAsync(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  KnowNames(held);
  return Submit<Produced>(
      call.data(), "gssapi:Wrap", Lane::kLocal, held, held->queue, call.Uint32(4),
      [context = held->value, message = OwnedBytes(call.View(1)), confidential = call.Bool(2),
       qop = call.Uint32(3)](Produced* produced) {
        produced->bytes = OwnedBytes(backend::WrapBound(*context, confidential, message.size()));
        return backend::Wrap(context.get(), confidential, qop, message.view(),
                             produced->bytes.span(), &produced->size);
      },
      [](Napi::Env env, Produced& produced) {
        return ToBuffer(env, &produced.bytes, 0, produced.size);
      });
}

napi_value JsUnwrapAsync(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  KnowNames(held);
  return Submit<Unwrapped>(
      call.data(), "gssapi:Unwrap", Lane::kLocal, held, held->queue, call.Uint32(2),
      [context = held->value, token = OwnedBytes(call.View(1))](Unwrapped* unwrapped) mutable {
        unwrapped->bytes = std::move(token);
        return backend::UnwrapInPlace(context.get(), unwrapped->bytes.span(), &unwrapped->result);
      },
      [](Napi::Env env, Unwrapped& unwrapped) {
        const MessageResult& result = unwrapped.result;
        Napi::Array array = Napi::Array::New(env, 4);
        array.Set(0U, ToBuffer(env, &unwrapped.bytes, result.offset, result.size));
        array.Set(1U, result.confidential);
        array.Set(2U, Napi::Number::New(env, result.qop));
        array.Set(3U, Napi::Number::New(env, result.sequence));
        return array;
      });
}

napi_value JsGetMicAsync(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  KnowNames(held);
  return Submit<Produced>(
      call.data(), "gssapi:GetMic", Lane::kLocal, held, held->queue, call.Uint32(3),
      [context = held->value, message = OwnedBytes(call.View(1)),
       qop = call.Uint32(2)](Produced* produced) {
        produced->bytes = OwnedBytes(backend::MicBound(*context));
        return backend::GetMic(context.get(), qop, message.view(), produced->bytes.span(),
                               &produced->size);
      },
      [](Napi::Env env, Produced& produced) {
        return ToBuffer(env, &produced.bytes, 0, produced.size);
      });
}

napi_value JsVerifyMicAsync(const Call& call) {
  Held<Context>* held = call.Live<Context>(0);
  KnowNames(held);
  return Submit<MessageResult>(
      call.data(), "gssapi:VerifyMic", Lane::kLocal, held, held->queue, call.Uint32(3),
      [context = held->value, message = OwnedBytes(call.View(1)),
       mic = OwnedBytes(call.View(2))](MessageResult* result) {
        return backend::VerifyMic(context.get(), message.view(), mic.view(), result);
      },
      [](Napi::Env env, MessageResult& result) {
        Napi::Array array = Napi::Array::New(env, 2);
        array.Set(0U, Napi::Number::New(env, result.qop));
        array.Set(1U, Napi::Number::New(env, result.sequence));
        return array;
      });
}

}  // namespace

std::vector<Export> MessageExports() {
  return {
      {"wrapBound", Entry<JsWrapBound>},
      {"micBound", Entry<JsMicBound>},
      {"unwrapBound", Entry<JsUnwrapBound>},
      {"wrap", Entry<JsWrap>},
      {"unwrap", Entry<JsUnwrap>},
      {"unwrapWithin", Entry<JsUnwrapWithin>},
      {"getMic", Entry<JsGetMic>},
      {"verifyMic", Entry<JsVerifyMic>},
      {"wrapSizeLimit", Entry<JsWrapSizeLimit>},
      {"wrapAsync", Entry<JsWrapAsync>},
      {"unwrapAsync", Entry<JsUnwrapAsync>},
      {"getMicAsync", Entry<JsGetMicAsync>},
      {"verifyMicAsync", Entry<JsVerifyMicAsync>},
  };
}

}  // namespace gssapi
