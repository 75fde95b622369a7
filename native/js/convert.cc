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

namespace {

// The record is made by bare calls, which report instead of throwing: while an environment is torn
// down each of them may fail, also inside a handler.
class Record {
 public:
  explicit Record(napi_env env) : env_(env) { napi_create_object(env, &object_); }
  napi_value object() const { return object_; }

  void Set(const char* key, napi_value value) {
    if (value != nullptr) napi_set_named_property(env_, object_, key, value);
  }
  void Set(const char* key, bool truth) {
    napi_value value = nullptr;
    if (napi_get_boolean(env_, truth, &value) == napi_ok) Set(key, value);
  }
  void Set(const char* key, uint32_t number) {
    napi_value value = nullptr;
    napi_create_uint32(env_, number, &value);
    Set(key, value);
  }
  void Set(const char* key, const std::string& text) { Set(key, Text(text)); }
  void Set(const char* key, const std::vector<std::string>& texts) {
    napi_value array = nullptr;
    if (napi_create_array(env_, &array) != napi_ok) return;
    for (uint32_t i = 0; i < texts.size(); i++) {
      if (napi_value text = Text(texts[i])) napi_set_element(env_, array, i, text);
    }
    Set(key, array);
  }
  void Set(const char* key, const std::vector<uint8_t>& bytes) {
    napi_value value = nullptr;
    if (bytes.empty()) {
      napi_get_null(env_, &value);
    } else {
      napi_create_buffer_copy(env_, bytes.size(), bytes.data(), nullptr, &value);
    }
    Set(key, value);
  }

 private:
  napi_value Text(const std::string& text) {
    napi_value value = nullptr;
    napi_create_string_utf8(env_, text.data(), text.size(), &value);
    return value;
  }
  napi_env env_;
  napi_value object_ = nullptr;
};

}  // namespace

napi_value ToRecord(napi_env env, const Failure& failure) {
  Record record(env);
  record.Set("code", failure.code);
  record.Set("call", failure.call);
  record.Set("detail", failure.detail);
  record.Set("major", failure.major);
  record.Set("minor", failure.minor);
  record.Set("majorMessages", failure.major_messages);
  record.Set("minorMessages", failure.minor_messages);
  record.Set("minorName", failure.minor_name);
  record.Set("statusName", failure.status_name);
  record.Set("statusValue", failure.status_value);
  record.Set("proxied", failure.proxied);
  record.Set("acceptor", failure.acceptor);
  record.Set("token", failure.token);
  return record.object();
}

void ThrowRecord(napi_env env, const Status& status) {
  napi_value record = ToRecord(env, status.failure());
  if (record != nullptr) napi_throw(env, record);
}

void Rethrow(napi_env env, const Napi::Error& error) {
  napi_value value = error.Value();
  if (value != nullptr) napi_throw(env, value);
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

std::vector<MutableBytes> Call::Spans(size_t i) const {
  uint32_t count = 0;
  if (napi_get_array_length(env_, values_[i], &count) != napi_ok) Fail(i);
  std::vector<MutableBytes> spans;
  spans.reserve(count);
  for (uint32_t k = 0; k < count; k++) {
    napi_value view = nullptr;
    void* data = nullptr;
    size_t length = 0;
    if (napi_get_element(env_, values_[i], k, &view) != napi_ok ||
        napi_get_buffer_info(env_, view, &data, &length) != napi_ok) {
      Fail(i);
    }
    spans.push_back({static_cast<uint8_t*>(data), length});
  }
  return spans;
}

std::pair<uint32_t*, size_t> Call::Numbers(size_t i) const {
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  napi_status status =
      napi_get_typedarray_info(env_, values_[i], &type, &length, &data, nullptr, nullptr);
  if (status != napi_ok || type != napi_uint32_array) Fail(i);
  return {static_cast<uint32_t*>(data), length};
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
