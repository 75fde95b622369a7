// The only place that reads JavaScript values, and that turns a Status into what JavaScript
// receives. src/ has checked every argument; what does not fit here is a mistake of ours and is
// thrown as ERR_INTERNAL_ASSERTION, never followed.
#ifndef NATIVE_JS_CONVERT_H_
#define NATIVE_JS_CONVERT_H_

#include <napi.h>

#include <string>
#include <utility>
#include <vector>

#include "env_data.h"

namespace gssapi {

// Leaves a native function early; Entry<> makes the thrown record of it.
struct StatusError {
  Status status;
};

inline void Require(Status status) {
  if (!status.ok()) throw StatusError{std::move(status)};
}

// Never throws; null where the environment is being torn down.
napi_value ToRecord(napi_env env, const Failure& failure);
Napi::Buffer<uint8_t> ToBuffer(Napi::Env env, const std::vector<uint8_t>& bytes);
// Gives large memory away without a copy where the runtime allows it.
Napi::Buffer<uint8_t> ToBuffer(Napi::Env env, OwnedBytes* bytes, size_t offset, size_t size);
Napi::Array ToArray(Napi::Env env, const std::vector<std::string>& texts);
// Seconds, with GSS_C_INDEFINITE as Infinity.
Napi::Number ToSeconds(Napi::Env env, uint32_t lifetime);

// The arguments of one call.
class Call {
 public:
  static constexpr size_t kMost = 11;

  Call(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = kMost;
    void* data = nullptr;
    if (napi_get_cb_info(env, info, &count, values_, nullptr, &data) != napi_ok) Fail(0);
    data_ = static_cast<EnvData*>(data);
  }

  EnvData* data() const { return data_; }
  Napi::Env env() const { return env_; }
  napi_value value(size_t i) const { return values_[i]; }
  bool IsNull(size_t i) const;

  // An object of ours, checked against the registry before it is looked into.
  template <class Backend>
  Held<Backend>* Object(size_t i) const {
    void* pointer = nullptr;
    if (napi_get_value_external(env_, values_[i], &pointer) != napi_ok ||
        !data_->Contains(pointer, KindOf<Backend>::value)) {
      Fail(i);
    }
    return static_cast<Held<Backend>*>(static_cast<HeldBase*>(pointer));
  }
  // The same, not disposed.
  template <class Backend>
  Held<Backend>* Live(size_t i) const {
    Held<Backend>* held = Object<Backend>(i);
    if (held->value == nullptr) FailDisposed();
    return held;
  }
  // The same, with no work pending: for synchronous calls, which never block and never race.
  template <class Backend>
  Held<Backend>* Free(size_t i) const {
    Held<Backend>* held = Live<Backend>(i);
    if (held->pending != 0) FailBusy();
    return held;
  }
  // Null for null.
  template <class Backend>
  std::shared_ptr<Backend> Optional(size_t i) const {
    return IsNull(i) ? nullptr : Live<Backend>(i)->value;
  }
  std::shared_ptr<Gate> OptionalGate(size_t i) const {
    return IsNull(i) ? nullptr : Live<backend::Credential>(i)->gate;
  }

  Bytes View(size_t i) const {
    MutableBytes bytes = Span(i);
    return {bytes.data, bytes.size};
  }
  MutableBytes Span(size_t i) const {
    void* data = nullptr;
    size_t length = 0;  // in bytes, of any view; src/ has seen to it that it is a Uint8Array
    if (napi_get_buffer_info(env_, values_[i], &data, &length) != napi_ok) Fail(i);
    return {static_cast<uint8_t*>(data), length};
  }
  // An array of views.
  std::vector<MutableBytes> Spans(size_t i) const;
  // The elements of a Uint32Array, where they lie.
  std::pair<uint32_t*, size_t> Numbers(size_t i) const;
  uint32_t Uint32(size_t i) const {
    uint32_t value = 0;
    if (napi_get_value_uint32(env_, values_[i], &value) != napi_ok) Fail(i);
    return value;
  }
  int64_t Int64(size_t i) const;
  bool Bool(size_t i) const {
    bool value = false;
    if (napi_get_value_bool(env_, values_[i], &value) != napi_ok) Fail(i);
    return value;
  }
  std::string Text(size_t i) const;
  std::vector<std::string> Texts(size_t i) const;

 private:
  [[noreturn]] static void Fail(size_t i);
  [[noreturn]] static void FailDisposed();
  [[noreturn]] static void FailBusy();

  napi_env env_;
  napi_value values_[kMost];
  EnvData* data_ = nullptr;
};

void ThrowRecord(napi_env env, const Status& status);
void Rethrow(napi_env env, const Napi::Error& error);

// What Node calls: no C++ exception leaves it.
template <napi_value (*Function)(const Call&)>
napi_value Entry(napi_env env, napi_callback_info info) {
  try {
    return Function(Call(env, info));
  } catch (const StatusError& error) {
    ThrowRecord(env, error.status);
  } catch (const Napi::Error& error) {
    Rethrow(env, error);
  } catch (const std::bad_alloc&) {
    ThrowRecord(env, Status::Refuse(kErrOutOfMemory, "memory ran out"));
  } catch (const std::exception& error) {
    ThrowRecord(env, Status::Refuse(kErrInternalAssertion, error.what()));
  }
  return nullptr;
}

// What calls that use a credential wait at; nothing else has one.
template <class Backend>
std::shared_ptr<Gate> GateOf(const std::shared_ptr<Backend>&) {
  return nullptr;
}
inline std::shared_ptr<Gate> GateOf(const backend::CredentialPtr& credential) {
  return std::make_shared<Gate>(credential);
}

// A handle for JavaScript: an external whose finalizer gives the object back. `made`, where it is
// not null, receives what the handle points to.
template <class Backend>
Napi::Value NewHandle(EnvData* data, std::shared_ptr<Backend> value,
                      Held<Backend>** made = nullptr) {
  auto* held = new Held<Backend>();
  held->gate = GateOf(value);
  held->owner = data->shared_from_this();
  held->value = std::move(value);
  napi_value external;
  napi_status status = napi_create_external(
      data->env(), static_cast<HeldBase*>(held),
      [](napi_env, void* pointer, void*) { HeldBase::Collect(static_cast<HeldBase*>(pointer)); },
      nullptr, &external);
  if (status != napi_ok) {
    delete held;
    throw StatusError{Status::Refuse(kErrOutOfMemory, "no handle could be made")};
  }
  data->Register(held);
  int64_t total;
  napi_adjust_external_memory(data->env(), WeightOf(held->kind), &total);
  if (made != nullptr) *made = held;
  return Napi::Value(data->env(), external);
}

}  // namespace gssapi

#endif  // NATIVE_JS_CONVERT_H_
