#include "control.h"

#include <map>
#include <mutex>
#include <utility>

namespace shim {

namespace {

std::mutex g_mutex;
std::map<std::string, Answer> g_answers;
Emulation g_emulation;
Ledger g_ledger;

Octets OctetsOf(Napi::Value value) {
  if (!value.IsBuffer()) return {};
  const auto bytes = value.As<Napi::Buffer<uint8_t>>();
  return Octets(bytes.Data(), bytes.Data() + bytes.Length());
}

ULONG NumberOf(Napi::Value value) {
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : 0;
}

std::string TextOf(Napi::Value value) {
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
}

bool IsTrue(Napi::Value value) { return value.IsBoolean() && value.As<Napi::Boolean>().Value(); }

Napi::Value JsPlan(const Napi::CallbackInfo& info) {
  Answer answer;
  answer.status = static_cast<SECURITY_STATUS>(NumberOf(info[1]));
  if (info[2].IsObject()) {
    const auto more = info[2].As<Napi::Object>();
    answer.attributes = NumberOf(more.Get("attributes"));
    answer.token = OctetsOf(more.Get("token"));
  }
  const std::lock_guard<std::mutex> lock(g_mutex);
  g_answers[TextOf(info[0])] = std::move(answer);
  return info.Env().Undefined();
}

Napi::Value JsEmulate(const Napi::CallbackInfo& info) {
  const auto wanted = info[0].As<Napi::Object>();
  Emulation emulation;
  emulation.complete_auth_token = IsTrue(wanted.Get("completeAuthToken"));
  emulation.impersonation = IsTrue(wanted.Get("impersonation"));
  emulation.transfer = IsTrue(wanted.Get("transfer"));
  emulation.native_names = !wanted.Has("nativeNames") || IsTrue(wanted.Get("nativeNames"));
  emulation.user_name = TextOf(wanted.Get("userName"));
  emulation.negotiated = TextOf(wanted.Get("negotiated"));
  emulation.session_key = OctetsOf(wanted.Get("sessionKey"));
  emulation.enctype = NumberOf(wanted.Get("enctype"));
  const std::lock_guard<std::mutex> lock(g_mutex);
  g_emulation = std::move(emulation);
  return info.Env().Undefined();
}

Napi::Value JsLedger(const Napi::CallbackInfo& info) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  Napi::Object ledger = Napi::Object::New(info.Env());
  ledger.Set("credentials", g_ledger.credentials);
  ledger.Set("contexts", g_ledger.contexts);
  ledger.Set("memory", g_ledger.memory);
  ledger.Set("impersonations", g_ledger.impersonations);
  ledger.Set("acquiredAsInitiator", g_ledger.acquired_as_initiator);
  return ledger;
}

}  // namespace

std::optional<Answer> TakeAnswer(const std::string& function) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  const auto found = g_answers.find(function);
  if (found == g_answers.end()) return std::nullopt;
  Answer answer = std::move(found->second);
  g_answers.erase(found);
  return answer;
}

Emulation Emulated() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  return g_emulation;
}

void Note(void (*change)(Ledger*)) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  change(&g_ledger);
}

void ExportControl(Napi::Env env, Napi::Object exports) {
  exports.Set("plan", Napi::Function::New(env, JsPlan));
  exports.Set("emulate", Napi::Function::New(env, JsEmulate));
  exports.Set("ledger", Napi::Function::New(env, JsLedger));
}

}  // namespace shim
