#include "convert.h"

#include <cmath>
#include <string>
#include <utility>

namespace gssapi {
namespace {

// Below this a copy costs less than handing memory over and finalising it later.
constexpr size_t kHandOver = 64 * 1024;

}  // namespace

Napi::Buffer<uint8_t> ToBuffer(Napi::Env env, const std::vector<uint8_t>& bytes) {
  return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size());
}

Napi::Buffer<uint8_t> ToBuffer(Napi::Env env, OwnedBytes* bytes, size_t offset, size_t size) {
  if (size < kHandOver) return Napi::Buffer<uint8_t>::Copy(env, bytes->data() + offset, size);
  uint8_t* memory = bytes->release();
  return Napi::Buffer<uint8_t>::NewOrCopy(
      env, memory + offset, size, [](Napi::Env, uint8_t*, uint8_t* start) { delete[] start; },
      memory);
}

Napi::Array ToArray(Napi::Env env, const std::vector<std::string>& texts) {
  Napi::Array array = Napi::Array::New(env, texts.size());
  for (uint32_t i = 0; i < texts.size(); i++) array.Set(i, Napi::String::New(env, texts[i]));
  return array;
}

Napi::Number ToSeconds(Napi::Env env, uint32_t lifetime) {
  double seconds = lifetime == backend::kIndefinite ? HUGE_VAL : static_cast<double>(lifetime);
  return Napi::Number::New(env, seconds);
}

Napi::Object ToRecord(Napi::Env env, const Failure& failure) {
  Napi::Object record = Napi::Object::New(env);
  record.Set("code", failure.code);
  record.Set("call", failure.call);
  record.Set("detail", failure.detail);
  record.Set("major", Napi::Number::New(env, failure.major));
  record.Set("minor", Napi::Number::New(env, failure.minor));
  record.Set("majorMessages", ToArray(env, failure.major_messages));
  record.Set("minorMessages", ToArray(env, failure.minor_messages));
  record.Set("minorName", failure.minor_name);
  record.Set("statusName", failure.status_name);
  record.Set("statusValue", Napi::Number::New(env, failure.status_value));
  record.Set("token", failure.token.empty() ? env.Null() : ToBuffer(env, failure.token));
  return record;
}

void ThrowRecord(napi_env env, const Status& status) {
  Napi::HandleScope scope(env);
  napi_throw(env, ToRecord(env, status.failure()));
}

void Call::Fail(size_t i) {
  throw StatusError{Status::Refuse(
      kErrInternalAssertion, "argument " + std::to_string(i) + " of a native call does not fit")};
}

void Call::FailDisposed() {
  throw StatusError{Status::Refuse(kErrDisposed, "the object has been disposed")};
}

void Call::FailBusy() {
  throw StatusError{Status::Refuse(
      kErrContextBusy, "asynchronous calls on this context are pending: await them first")};
}

bool Call::IsNull(size_t i) const {
  napi_valuetype type;
  return napi_typeof(env_, values_[i], &type) == napi_ok && type == napi_null;
}

int64_t Call::Int64(size_t i) const {
  int64_t value = 0;
  if (napi_get_value_int64(env_, values_[i], &value) != napi_ok || value < 0) Fail(i);
  return value;
}

std::string Call::Text(size_t i) const {
  Napi::Value value(env_, values_[i]);
  if (!value.IsString()) Fail(i);
  return value.As<Napi::String>().Utf8Value();
}

std::vector<std::string> Call::Texts(size_t i) const {
  Napi::Value value(env_, values_[i]);
  if (!value.IsArray()) Fail(i);
  auto array = value.As<Napi::Array>();
  std::vector<std::string> texts;
  for (uint32_t k = 0; k < array.Length(); k++) {
    Napi::Value text = array.Get(k);
    if (!text.IsString()) Fail(i);
    texts.push_back(text.As<Napi::String>().Utf8Value());
  }
  return texts;
}

}  // namespace gssapi
