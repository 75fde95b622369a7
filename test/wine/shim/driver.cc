// Handles are Buffers that hold SSPI's own structures; statuses are numbers. Nothing is checked:
// the one caller is a test.
#include "driver.h"

#include <windows.h>
// clang-format off: sspi.h needs windows.h before it
#include <sspi.h>
// clang-format on

#include <string>

#include "wire.h"

namespace shim {

namespace {

using Bytes = Napi::Buffer<uint8_t>;

constexpr ULONG kMaxToken = 12000;

SecurityFunctionTableW* Table() { return InitSecurityInterfaceW(); }

template <typename Handle>
Handle* HandleOf(Napi::Value value) {
  return value.IsBuffer() ? reinterpret_cast<Handle*>(value.As<Bytes>().Data()) : nullptr;
}

SecBuffer BufferOf(ULONG type, Octets* octets) {
  SecBuffer buffer;
  buffer.BufferType = type;
  buffer.cbBuffer = static_cast<ULONG>(octets->size());
  buffer.pvBuffer = octets->data();
  return buffer;
}

Octets OctetsOf(Napi::Value value) {
  if (!value.IsBuffer()) return {};
  const Bytes bytes = value.As<Bytes>();
  return Octets(bytes.Data(), bytes.Data() + bytes.Length());
}

std::wstring TextOf(Napi::Value value) {
  const std::u16string text = value.As<Napi::String>().Utf16Value();
  return std::wstring(text.begin(), text.end());
}

Napi::Value Copy(Napi::Env env, const SecBuffer& buffer) {
  return Bytes::Copy(env, static_cast<const uint8_t*>(buffer.pvBuffer), buffer.cbBuffer);
}

Napi::Object Answer(Napi::Env env, SECURITY_STATUS status) {
  Napi::Object answer = Napi::Object::New(env);
  answer.Set("status", Napi::Number::New(env, static_cast<uint32_t>(status)));
  return answer;
}

// acquire(use)
Napi::Value JsAcquire(const Napi::CallbackInfo& info) {
  CredHandle handle = {};
  TimeStamp expiry;
  wchar_t package[] = L"Kerberos";
  const SECURITY_STATUS status =
      Table()->AcquireCredentialsHandleW(nullptr, package, info[0].As<Napi::Number>().Uint32Value(),
                                         nullptr, nullptr, nullptr, nullptr, &handle, &expiry);
  Napi::Object answer = Answer(info.Env(), status);
  answer.Set("handle",
             Bytes::Copy(info.Env(), reinterpret_cast<uint8_t*>(&handle), sizeof(handle)));
  return answer;
}

Napi::Object Stepped(Napi::Env env, SECURITY_STATUS status, const CtxtHandle& context,
                     const SecBuffer& token, ULONG attributes) {
  Napi::Object answer = Answer(env, status);
  answer.Set("context",
             Bytes::Copy(env, reinterpret_cast<const uint8_t*>(&context), sizeof(context)));
  answer.Set("token", Copy(env, token));
  answer.Set("attributes", Napi::Number::New(env, attributes));
  return answer;
}

// initialize(credential, context | null, target, flags, token | null)
Napi::Value JsInitialize(const Napi::CallbackInfo& info) {
  auto* context = HandleOf<CtxtHandle>(info[1]);
  CtxtHandle result = context != nullptr ? *context : CtxtHandle();
  std::wstring target = TextOf(info[2]);
  Octets incoming = OctetsOf(info[4]);
  Octets outgoing(kMaxToken);
  SecBuffer in = BufferOf(SECBUFFER_TOKEN, &incoming);
  SecBuffer out = BufferOf(SECBUFFER_TOKEN, &outgoing);
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes = 0;
  TimeStamp expiry;
  const SECURITY_STATUS status = Table()->InitializeSecurityContextW(
      HandleOf<CredHandle>(info[0]), context, target.data(),
      info[3].As<Napi::Number>().Uint32Value(), 0, SECURITY_NATIVE_DREP,
      context != nullptr ? &input : nullptr, 0, &result, &output, &attributes, &expiry);
  return Stepped(info.Env(), status, result, out, attributes);
}

// accept(credential, token)
Napi::Value JsAccept(const Napi::CallbackInfo& info) {
  CtxtHandle result = {};
  Octets incoming = OctetsOf(info[1]);
  Octets outgoing(kMaxToken);
  SecBuffer in = BufferOf(SECBUFFER_TOKEN, &incoming);
  SecBuffer out = BufferOf(SECBUFFER_TOKEN, &outgoing);
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes = 0;
  TimeStamp expiry;
  const SECURITY_STATUS status =
      Table()->AcceptSecurityContext(HandleOf<CredHandle>(info[0]), nullptr, &input, 0,
                                     SECURITY_NATIVE_DREP, &result, &output, &attributes, &expiry);
  return Stepped(info.Env(), status, result, out, attributes);
}

// encrypt(context, quality, message, room for TOKEN, room for PADDING)
Napi::Value JsEncrypt(const Napi::CallbackInfo& info) {
  Octets message = OctetsOf(info[2]);
  Octets token(info[3].As<Napi::Number>().Uint32Value());
  Octets padding(info[4].As<Napi::Number>().Uint32Value());
  SecBuffer buffers[] = {BufferOf(SECBUFFER_TOKEN, &token), BufferOf(SECBUFFER_DATA, &message),
                         BufferOf(SECBUFFER_PADDING, &padding)};
  SecBufferDesc desc = {SECBUFFER_VERSION, 3, buffers};
  Napi::Object answer = Answer(
      info.Env(), Table()->EncryptMessage(HandleOf<CtxtHandle>(info[0]),
                                          info[1].As<Napi::Number>().Uint32Value(), &desc, 0));
  answer.Set("token", Copy(info.Env(), buffers[0]));
  answer.Set("data", Copy(info.Env(), buffers[1]));
  answer.Set("padding", Copy(info.Env(), buffers[2]));
  return answer;
}

// decrypt(context, wire)
Napi::Value JsDecrypt(const Napi::CallbackInfo& info) {
  Octets wire = OctetsOf(info[1]);
  SecBuffer buffers[] = {BufferOf(SECBUFFER_STREAM, &wire), {}};
  buffers[1].BufferType = SECBUFFER_DATA;
  SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
  ULONG quality = 0;
  const SECURITY_STATUS status =
      Table()->DecryptMessage(HandleOf<CtxtHandle>(info[0]), &desc, 0, &quality);
  Napi::Object answer = Answer(info.Env(), status);
  if (status != SEC_E_OK) return answer;
  const auto* data = static_cast<const uint8_t*>(buffers[1].pvBuffer);
  answer.Set("offset", Napi::Number::New(info.Env(), static_cast<double>(data - wire.data())));
  answer.Set("message", Copy(info.Env(), buffers[1]));
  answer.Set("quality", Napi::Number::New(info.Env(), quality));
  return answer;
}

// sign(context, message)
Napi::Value JsSign(const Napi::CallbackInfo& info) {
  Octets message = OctetsOf(info[1]);
  Octets token(kMaxToken);
  SecBuffer buffers[] = {BufferOf(SECBUFFER_TOKEN, &token), BufferOf(SECBUFFER_DATA, &message)};
  SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
  Napi::Object answer =
      Answer(info.Env(), Table()->MakeSignature(HandleOf<CtxtHandle>(info[0]), 0, &desc, 0));
  answer.Set("token", Copy(info.Env(), buffers[0]));
  return answer;
}

// verify(context, message, mic)
Napi::Value JsVerify(const Napi::CallbackInfo& info) {
  Octets message = OctetsOf(info[1]);
  Octets token = OctetsOf(info[2]);
  SecBuffer buffers[] = {BufferOf(SECBUFFER_TOKEN, &token), BufferOf(SECBUFFER_DATA, &message)};
  SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
  ULONG quality = 0;
  return Answer(info.Env(),
                Table()->VerifySignature(HandleOf<CtxtHandle>(info[0]), &desc, 0, &quality));
}

// sizes(context)
Napi::Value JsSizes(const Napi::CallbackInfo& info) {
  SecPkgContext_Sizes sizes = {};
  Napi::Object answer = Answer(
      info.Env(),
      Table()->QueryContextAttributesW(HandleOf<CtxtHandle>(info[0]), SECPKG_ATTR_SIZES, &sizes));
  answer.Set("signature", Napi::Number::New(info.Env(), sizes.cbMaxSignature));
  answer.Set("trailer", Napi::Number::New(info.Env(), sizes.cbSecurityTrailer));
  answer.Set("block", Napi::Number::New(info.Env(), sizes.cbBlockSize));
  return answer;
}

Napi::Value Text(Napi::Env env, SEC_WCHAR* text) {
  const std::wstring wide(text);
  Table()->FreeContextBuffer(text);
  return Napi::String::New(env, std::u16string(wide.begin(), wide.end()));
}

// names(context)
Napi::Value JsNames(const Napi::CallbackInfo& info) {
  SecPkgContext_NativeNamesW names = {};
  const SECURITY_STATUS status = Table()->QueryContextAttributesW(HandleOf<CtxtHandle>(info[0]),
                                                                  SECPKG_ATTR_NATIVE_NAMES, &names);
  Napi::Object answer = Answer(info.Env(), status);
  if (status != SEC_E_OK) return answer;
  answer.Set("client", Text(info.Env(), names.sClientName));
  answer.Set("server", Text(info.Env(), names.sServerName));
  return answer;
}

// release(context)
Napi::Value JsRelease(const Napi::CallbackInfo& info) {
  return Answer(info.Env(), Table()->DeleteSecurityContext(HandleOf<CtxtHandle>(info[0])));
}

}  // namespace

void ExportDriver(Napi::Env env, Napi::Object exports) {
  exports.Set("acquire", Napi::Function::New(env, JsAcquire));
  exports.Set("initialize", Napi::Function::New(env, JsInitialize));
  exports.Set("accept", Napi::Function::New(env, JsAccept));
  exports.Set("encrypt", Napi::Function::New(env, JsEncrypt));
  exports.Set("decrypt", Napi::Function::New(env, JsDecrypt));
  exports.Set("sign", Napi::Function::New(env, JsSign));
  exports.Set("verify", Napi::Function::New(env, JsVerify));
  exports.Set("sizes", Napi::Function::New(env, JsSizes));
  exports.Set("names", Napi::Function::New(env, JsNames));
  exports.Set("release", Napi::Function::New(env, JsRelease));
}

}  // namespace shim
