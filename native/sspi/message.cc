// Per-message protection. What travels is what SSPI leaves in its buffers, one after the other:
// TOKEN, DATA, PADDING. MakeSignature is for MICs only: its signatures are no wrapped messages.
#include <algorithm>
#include <cstring>

#include "failure.h"
#include "handles.h"
#include "received.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kEncrypt[] = "EncryptMessage";
constexpr char kDecrypt[] = "DecryptMessage";
constexpr char kSign[] = "MakeSignature";
constexpr char kVerify[] = "VerifySignature";
constexpr uint32_t kBadQop = 14U << 16;                      // RFC 2744 3.9.1
constexpr uint32_t kConfidentiality = 0x10;                  // GSS_C_CONF_FLAG
constexpr unsigned long kSignOnly = SECQOP_WRAP_NO_ENCRYPT;  // KERB_WRAP_NO_ENCRYPT

Status Established(const Context* context, const char* call) {
  if (context->complete) return Status::Ok();
  return Status::Refuse(kErrNotEstablished, "the context is not established", call);
}

Status Ready(const Context* context, uint32_t qop, size_t size, const char* call) {
  Status status = Established(context, call);
  if (status.ok()) status = CheckSize(size, call);
  if (!status.ok() || qop == 0) return status;
  return Status::RefuseToken(kBadQop, "SSPI has the default quality of protection only", call);
}

Status RefuseEmpty(const Context* context, Bytes token, const char* call) {
  Status status = Established(context, call);
  if (status.ok()) status = CheckSize(token.size, call);
  if (!status.ok() || token.size != 0) return status;
  return Status::RefuseToken(kDefectiveToken, "the token is empty", call);
}

SecBuffer Part(unsigned long type, uint8_t* data, size_t size) {
  return {static_cast<unsigned long>(size), type, data};
}
// For an input that SSPI does not write to; its buffers lack the const.
SecBuffer Part(unsigned long type, Bytes bytes) {
  return Part(type, const_cast<uint8_t*>(bytes.data), bytes.size);
}

Status Overfull(const char* call) {
  return Status::RefuseToken(kFailureMajor, "a buffer came back longer than it was", call);
}

// Closes the gaps between parts that came back shorter than they were.
Status Gather(const SecBuffer (&parts)[3], const size_t (&rooms)[3], uint8_t* out,
              size_t* written) {
  size_t size = 0;
  for (size_t i = 0; i < 3; i++) {
    if (parts[i].cbBuffer > rooms[i]) return Overfull(kEncrypt);
    if (out + size != parts[i].pvBuffer) memmove(out + size, parts[i].pvBuffer, parts[i].cbBuffer);
    size += parts[i].cbBuffer;
  }
  *written = size;
  return Status::Ok();
}

// Memory for what SSPI may write into.
class Scratch {
 public:
  explicit Scratch(Bytes from) : bytes_(from) {}
  MutableBytes span() const { return bytes_.span(); }
  // The decrypted message is of no more use.
  ~Scratch() { SecureZero(bytes_.data(), bytes_.size()); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  OwnedBytes bytes_;
};

Status OutsideToken() {
  return Status::RefuseToken(kFailureMajor, "the message is not inside its token", kDecrypt);
}

// The message is left inside `token`, at result->offset.
Status Decrypt(Context* context, MutableBytes token, MessageResult* result) {
  uint64_t number = 0;
  bool numbered = SequenceNumber({token.data, token.size}, &number);
  uint8_t head[16] = {};  // a package may write to it
  memcpy(head, token.data, std::min(token.size, sizeof head));
  SecBuffer parts[] = {Part(SECBUFFER_STREAM, token.data, token.size),
                       Part(SECBUFFER_DATA, nullptr, 0)};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, parts};
  unsigned long qop = 0;
  SECURITY_STATUS answer = Table()->DecryptMessage(context->handle.get(), &message, 0, &qop);
  Status status = CheckReceived(context, kDecrypt, answer, numbered, number);
  if (!status.ok()) return status;
  const auto* data = static_cast<const uint8_t*>(parts[1].pvBuffer);
  result->size = parts[1].cbBuffer;
  if (result->size != 0) {
    if (data < token.data || data > token.data + token.size) return OutsideToken();
    result->offset = static_cast<size_t>(data - token.data);
    if (result->size > token.size - result->offset) return OutsideToken();
  }
  // Unset, it is a message that was not given, unless the token has no room for one.
  if (data == nullptr && token.size > WrapBound(*context, true, 0)) return OutsideToken();
  result->confidential = WasEncrypted(*context, {head, std::min(token.size, sizeof head)}, qop);
  result->qop = 0;
  return status;
}

}  // namespace

size_t WrapBound(const Context& context, bool /*confidential*/, size_t message_size) {
  return message_size + context.sizes.cbSecurityTrailer + context.sizes.cbBlockSize;
}

size_t MicBound(const Context& context) { return context.sizes.cbMaxSignature; }

size_t UnwrapBound(const Context& /*context*/, Bytes token) { return token.size; }

Status Wrap(Context* context, bool confidential, uint32_t qop, Bytes message, MutableBytes out,
            size_t* written) {
  Status status = Ready(context, qop, WrapBound(*context, confidential, message.size), kEncrypt);
  if (!status.ok()) return status;
  if (confidential && (context->flags & kConfidentiality) == 0) {
    return Status::Refuse(kErrProtectionNotGranted, "confidentiality was not granted", kEncrypt);
  }
  size_t trailer = context->sizes.cbSecurityTrailer;
  size_t padding = context->sizes.cbBlockSize;
  uint8_t* data = out.data + trailer;
  if (message.size != 0) memmove(data, message.data, message.size);
  SecBuffer parts[] = {Part(SECBUFFER_TOKEN, out.data, trailer),
                       Part(SECBUFFER_DATA, data, message.size),
                       Part(SECBUFFER_PADDING, data + message.size, padding)};
  SecBufferDesc buffers = {SECBUFFER_VERSION, 3, parts};
  SECURITY_STATUS answer =
      Table()->EncryptMessage(context->handle.get(), confidential ? 0 : kSignOnly, &buffers, 0);
  status = Check(kEncrypt, answer);
  if (!status.ok()) return status;
  return Gather(parts, {trailer, message.size, padding}, out.data, written);
}

Status Unwrap(Context* context, Bytes token, MutableBytes out, MessageResult* result) {
  Status status = RefuseEmpty(context, token, kDecrypt);
  if (!status.ok()) return status;
  Scratch copy(token);
  status = Decrypt(context, copy.span(), result);
  if (!status.ok()) return status;
  if (result->size > out.size) return OutsideToken();
  if (result->size != 0) memcpy(out.data, copy.span().data + result->offset, result->size);
  result->offset = 0;
  return status;
}

Status UnwrapInPlace(Context* context, MutableBytes buffer, MessageResult* result) {
  Status status = RefuseEmpty(context, {buffer.data, buffer.size}, kDecrypt);
  return status.ok() ? Decrypt(context, buffer, result) : std::move(status);
}

Status GetMic(Context* context, uint32_t qop, Bytes message, MutableBytes out, size_t* written) {
  Status status = Ready(context, qop, message.size, kSign);
  if (!status.ok()) return status;
  SecBuffer parts[] = {Part(SECBUFFER_DATA, message),
                       Part(SECBUFFER_TOKEN, out.data, context->sizes.cbMaxSignature)};
  SecBufferDesc buffers = {SECBUFFER_VERSION, 2, parts};
  status = Check(kSign, Table()->MakeSignature(context->handle.get(), 0, &buffers, 0));
  if (!status.ok()) return status;
  if (parts[1].cbBuffer > context->sizes.cbMaxSignature) return Overfull(kSign);
  *written = parts[1].cbBuffer;
  return status;
}

Status VerifyMic(Context* context, Bytes message, Bytes mic, MessageResult* result) {
  Status status = RefuseEmpty(context, mic, kVerify);
  if (status.ok()) status = CheckSize(message.size, kVerify);
  if (!status.ok()) return status;
  uint64_t number = 0;
  bool numbered = SequenceNumber(mic, &number);
  Scratch copy(mic);
  SecBuffer parts[] = {Part(SECBUFFER_DATA, message),
                       Part(SECBUFFER_TOKEN, copy.span().data, copy.span().size)};
  SecBufferDesc buffers = {SECBUFFER_VERSION, 2, parts};
  unsigned long qop = 0;
  SECURITY_STATUS answer = Table()->VerifySignature(context->handle.get(), &buffers, 0, &qop);
  result->qop = 0;
  return CheckReceived(context, kVerify, answer, numbered, number);
}

Status WrapSizeLimit(Context* context, bool confidential, uint32_t qop, uint32_t max_token_size,
                     uint32_t* max_message_size) {
  Status status = Ready(context, qop, 0, "QueryContextAttributesW");
  if (!status.ok()) return status;
  size_t overhead = WrapBound(*context, confidential, 0);
  *max_message_size =
      max_token_size > overhead ? max_token_size - static_cast<uint32_t>(overhead) : 0;
  return status;
}

}  // namespace backend
}  // namespace gssapi
