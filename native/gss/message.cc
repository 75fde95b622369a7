// Per-message protection. By size: small messages through gss_wrap and a copy; larger ones are laid
// into the output first and protected there (IOV), which spares the library's malloc and the copy
// back.
#include <algorithm>

#include "failure.h"
#include "handles.h"
#include "stream.h"

namespace gssapi {
namespace backend {
namespace {

// Measured (docs/benchmark.md): where the IOV calls begin to win.
constexpr size_t kWrapInPlace = 900;
constexpr size_t kUnwrapInPlaceSealed = 4 * 1024;
constexpr size_t kUnwrapInPlaceSigned = 16 * 1024;
constexpr size_t kMicByIov = 900;

constexpr size_t kOnStack = 2048;
constexpr size_t kScratchKept = 1 << 20;  // a larger scratch is given back

const uint8_t kNothing[1] = {0};  // MIT refuses a null pointer even with length 0

gss_buffer_desc Message(Bytes message) {
  return Input({message.size == 0 ? kNothing : message.data, message.size});
}

// Memory for a token that the library may write into; kept per thread, since most calls need it. A
// message may have been decrypted in it: what was used is overwritten.
class Scratch {
 public:
  explicit Scratch(size_t size) : size_(size) {
    if (size <= kOnStack) {
      data_ = stack_;
    } else {
      if (Kept().size() < size) Kept() = OwnedBytes(size);
      data_ = Kept().data();
    }
  }
  ~Scratch() {
    SecureZero(data_, size_);
    if (data_ != stack_ && Kept().size() > kScratchKept) Kept() = OwnedBytes();
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  uint8_t* data() { return data_; }

 private:
  static OwnedBytes& Kept() {
    static thread_local OwnedBytes kept;
    return kept;
  }
  size_t size_;
  uint8_t* data_;
  uint8_t stack_[kOnStack];
};

Status Established(const Context* context, const char* call) {
  if (context->complete) return Status::Ok();
  return Status::Refuse(kErrNotEstablished, "the context is not established", call);
}

Status TooLarge(const char* call) {
  return Status::RefuseToken(kFailureMajor, "the library's answer is larger than it said", call);
}

bool WorthInPlace(const Context* context, Bytes token) {
  if (!IsWrapToken(token) || context->dce_style || g_gss->gss_unwrap_iov == nullptr) return false;
  bool sealed = IsSealed(token);
  return context->shape[sealed ? 1 : 0].fixed &&
         token.size >= (sealed ? kUnwrapInPlaceSealed : kUnwrapInPlaceSigned);
}

// A mechanism may seal without encrypting where it cannot encrypt (RFC 2743 2.3.3); nobody asked
// for that.
Status Sealed(const char* call, bool confidential, int sealed) {
  if (!confidential || sealed != 0) return Status::Ok();
  return Status::Refuse(kErrProtectionNotGranted, "the mechanism did not encrypt the message",
                        call);
}

Status WrapInPlace(Context* context, const WrapShape& shape, bool confidential, uint32_t qop,
                   Bytes message, uint8_t* out) {
  uint8_t* data = out + shape.header;
  memcpy(data, message.data, message.size);
  gss_iov_buffer_desc parts[] = {
      {GSS_IOV_BUFFER_TYPE_HEADER, {shape.header, out}},
      {GSS_IOV_BUFFER_TYPE_DATA, {message.size, data}},
      {GSS_IOV_BUFFER_TYPE_PADDING, {0, nullptr}},
      {GSS_IOV_BUFFER_TYPE_TRAILER, {shape.trailer, data + message.size}}};
  OM_uint32 minor;
  int sealed = 0;
  OM_uint32 major = g_gss->gss_wrap_iov(&minor, context->handle.get(), confidential ? 1 : 0, qop,
                                        &sealed, parts, 4);
  Status status = Check("gss_wrap_iov", major, minor, context->mechanism.get());
  return status.ok() ? Sealed("gss_wrap_iov", confidential, sealed) : std::move(status);
}

void Note(OM_uint32 major, int confidential, gss_qop_t qop, MessageResult* result) {
  result->confidential = confidential != 0;
  result->qop = qop;
  result->sequence = major & (kDuplicate | kOld | kUnsequenced | kGap);
}

// The message is left inside `token`, at result->offset. By parts and not as a stream: see
// UnwrapStream in iov.cc.
Status UnwrapByIov(Context* context, MutableBytes token, MessageResult* result) {
  static constexpr char kCall[] = "gss_unwrap_iov";
  TokenParts found;
  if (!SplitToken(context->shape[IsSealed({token.data, token.size}) ? 1 : 0], token, &found)) {
    return Status::RefuseToken(kDefectiveToken, "the token is too short", kCall);
  }
  auto part = [](OM_uint32 type, MutableBytes bytes) {
    return gss_iov_buffer_desc{type, {bytes.size, bytes.data}};
  };
  gss_iov_buffer_desc parts[] = {part(GSS_IOV_BUFFER_TYPE_HEADER, found.header),
                                 part(GSS_IOV_BUFFER_TYPE_DATA, found.data),
                                 part(GSS_IOV_BUFFER_TYPE_TRAILER, found.trailer)};
  OM_uint32 minor;
  int confidential = 0;
  gss_qop_t qop = 0;
  OM_uint32 major =
      g_gss->gss_unwrap_iov(&minor, context->handle.get(), &confidential, &qop, parts, 3);
  Status status = Check(kCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  Note(major, confidential, qop, result);
  result->size = parts[1].buffer.length;
  result->offset = found.header.size;
  return result->size <= found.data.size ? std::move(status) : TooLarge(kCall);
}

// Whether its message may have no bytes: MIT gives such a one without memory, as others do one that
// they do not give at all.
bool MayBeEmpty(const Context* context, Bytes token) {
  if (!IsWrapToken(token)) {
    return token.size <= std::max(context->shape[0].overhead, context->shape[1].overhead);
  }
  size_t extra = IsSealed(token) ? ExtraCount(token) : 0;
  return token.size <= context->shape[IsSealed(token) ? 1 : 0].overhead + extra;
}

// Quirk(mit): gss_unwrap rotates and edits its input, so `token` is memory that may be written.
Status UnwrapByCopy(Context* context, MutableBytes token, MutableBytes out, MessageResult* result) {
  static constexpr char kCall[] = "gss_unwrap";
  LibraryBuffer message;
  bool may_be_empty = MayBeEmpty(context, {token.data, token.size});  // asked before it is edited
  gss_buffer_desc input = {token.size, token.data};
  OM_uint32 minor;
  int confidential = 0;
  gss_qop_t qop = 0;
  OM_uint32 major =
      g_gss->gss_unwrap(&minor, context->handle.get(), &input, message.out(), &confidential, &qop);
  Status status = Check(kCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  Note(major, confidential, qop, result);
  // Quirk(heimdal): a duplicate's message is not given, only the status.
  if (message.data() == nullptr && result->sequence != 0 && (!g_gss->mit || !may_be_empty)) {
    return MechanismFailure(kCall, major, 0, context->mechanism.get());
  }
  if (message.size() > out.size) return TooLarge(kCall);
  result->size = message.size();
  if (result->size != 0) memcpy(out.data, message.data(), result->size);
  SecureZero(message.out()->value, message.size());
  // Quirk(mit): an empty message that was not encrypted has memory, of no bytes, and a buffer of no
  // bytes is not released: one byte, of those that malloc gave, has it released.
  if (g_gss->mit && message.size() == 0) message.out()->length = 1;
  return status;
}

Status RefuseEmpty(const Context* context, Bytes token, const char* call) {
  Status status = Established(context, call);
  if (!status.ok() || token.size != 0) return status;
  return Status::RefuseToken(kDefectiveToken, "the token is empty", call);
}

}  // namespace

size_t WrapBound(const Context& context, bool confidential, size_t message_size) {
  return message_size + context.shape[confidential ? 1 : 0].overhead;
}

size_t MicBound(const Context& context) { return context.mic_size; }

size_t UnwrapBound(const Context& context, Bytes token) {
  if (!IsWrapToken(token)) return token.size;
  const WrapShape& shape = context.shape[IsSealed(token) ? 1 : 0];
  // In DCE style messages without a part of their own for it have no extra count.
  if (!shape.fixed || context.dce_style) return token.size;
  return token.size > shape.overhead ? token.size - shape.overhead : 0;
}

Status Wrap(Context* context, bool confidential, uint32_t qop, Bytes message, MutableBytes out,
            size_t* written) {
  static constexpr char kCall[] = "gss_wrap";
  Status status = Established(context, kCall);
  if (!status.ok()) return status;
  const WrapShape& shape = context->shape[confidential ? 1 : 0];
  if (shape.fixed && message.size >= kWrapInPlace) {
    *written = message.size + shape.overhead;
    return WrapInPlace(context, shape, confidential, qop, message, out.data);
  }
  LibraryBuffer token;
  gss_buffer_desc input = Message(message);
  OM_uint32 minor;
  int sealed = 0;
  OM_uint32 major = g_gss->gss_wrap(&minor, context->handle.get(), confidential ? 1 : 0, qop,
                                    &input, &sealed, token.out());
  status = Check(kCall, major, minor, context->mechanism.get());
  if (status.ok()) status = Sealed(kCall, confidential, sealed);
  if (!status.ok()) return status;
  if (token.size() > out.size) return TooLarge(kCall);
  memcpy(out.data, token.data(), token.size());
  *written = token.size();
  return status;
}

Status Unwrap(Context* context, Bytes token, MutableBytes out, MessageResult* result) {
  Status status = RefuseEmpty(context, token, "gss_unwrap");
  if (!status.ok()) return status;
  Scratch scratch(token.size);
  MutableBytes copy = {scratch.data(), token.size};
  memcpy(copy.data, token.data, token.size);
  if (!WorthInPlace(context, token)) return UnwrapByCopy(context, copy, out, result);
  status = UnwrapByIov(context, copy, result);
  if (!status.ok()) return status;
  if (result->size > out.size) return TooLarge("gss_unwrap_iov");
  if (result->size != 0) memcpy(out.data, copy.data + result->offset, result->size);
  result->offset = 0;
  return status;
}

Status UnwrapInPlace(Context* context, MutableBytes buffer, MessageResult* result) {
  Bytes token = {buffer.data, buffer.size};
  Status status = RefuseEmpty(context, token, "gss_unwrap");
  if (!status.ok()) return status;
  if (WorthInPlace(context, token)) return UnwrapByIov(context, buffer, result);
  return UnwrapByCopy(context, buffer, buffer, result);
}

Status GetMic(Context* context, uint32_t qop, Bytes message, MutableBytes out, size_t* written) {
  static constexpr char kCall[] = "gss_get_mic";
  Status status = Established(context, kCall);
  if (!status.ok()) return status;
  gss_buffer_desc input = Message(message);
  OM_uint32 minor;
  if (context->mic_fixed && message.size >= kMicByIov) {
    gss_iov_buffer_desc parts[] = {{GSS_IOV_BUFFER_TYPE_DATA, input},
                                   {GSS_IOV_BUFFER_TYPE_MIC_TOKEN, {context->mic_size, out.data}}};
    OM_uint32 major = g_gss->gss_get_mic_iov(&minor, context->handle.get(), qop, parts, 2);
    *written = parts[1].buffer.length;
    return Check("gss_get_mic_iov", major, minor, context->mechanism.get());
  }
  LibraryBuffer mic;
  OM_uint32 major = g_gss->gss_get_mic(&minor, context->handle.get(), qop, &input, mic.out());
  status = Check(kCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  if (mic.size() > out.size) return TooLarge(kCall);
  memcpy(out.data, mic.data(), mic.size());
  *written = mic.size();
  return status;
}

Status VerifyMic(Context* context, Bytes message, Bytes mic, MessageResult* result) {
  static constexpr char kCall[] = "gss_verify_mic";
  Status status = RefuseEmpty(context, mic, kCall);
  if (!status.ok()) return status;
  gss_buffer_desc input = Message(message);
  gss_buffer_desc token = Input(mic);
  gss_qop_t qop = 0;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_verify_mic(&minor, context->handle.get(), &input, &token, &qop);
  status = Check(kCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  Note(major, 0, qop, result);
  // Quirk(heimdal): 7.8 looks at the sequence number first, and where that is wrong it does not
  // look at the checksum: the message is not verified.
  if (!g_gss->mit && result->sequence != 0) {
    return MechanismFailure(kCall, major, 0, context->mechanism.get());
  }
  return status;
}

Status WrapSizeLimit(Context* context, bool confidential, uint32_t qop, uint32_t max_token_size,
                     uint32_t* max_message_size) {
  static constexpr char kCall[] = "gss_wrap_size_limit";
  Status status = Established(context, kCall);
  if (!status.ok()) return status;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_wrap_size_limit(&minor, context->handle.get(), confidential ? 1 : 0,
                                               qop, max_token_size, max_message_size);
  return Check(kCall, major, minor, context->mechanism.get());
}

}  // namespace backend
}  // namespace gssapi
