// Messages in parts. What a header, data or padding is has its own kind of SecBuffer; what is only
// signed is data that is read only and goes into the checksum. There is no trailer: Kerberos has
// all of its own in the header (RFC 4121 4.2.5).
#include <cstring>

#include "failure.h"
#include "handles.h"
#include "received.h"

namespace gssapi {
namespace backend {
namespace {

constexpr char kEncrypt[] = "EncryptMessage";
constexpr char kDecrypt[] = "DecryptMessage";
constexpr uint32_t kBadQop = 14U << 16;                      // RFC 2744 3.9.1
constexpr uint32_t kConfidentiality = 0x10;                  // GSS_C_CONF_FLAG
constexpr unsigned long kSignOnly = SECQOP_WRAP_NO_ENCRYPT;  // KERB_WRAP_NO_ENCRYPT

Status Ready(const Context* context, bool confidential, uint32_t qop, const char* call) {
  if (!context->complete) {
    return Status::Refuse(kErrNotEstablished, "the context is not established", call);
  }
  if (confidential && (context->flags & kConfidentiality) == 0) {
    return Status::Refuse(kErrProtectionNotGranted, "confidentiality was not granted", call);
  }
  if (qop == 0) return Status::Ok();
  return Status::RefuseToken(kBadQop, "SSPI has the default quality of protection only", call);
}

unsigned long KindOf(IovType type) {
  switch (type) {
    case IovType::kData:
      return SECBUFFER_DATA;
    case IovType::kHeader:
      return SECBUFFER_TOKEN;
    case IovType::kPadding:
      return SECBUFFER_PADDING;
    case IovType::kStream:
      return SECBUFFER_STREAM;
    case IovType::kSignOnly:
      return SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM;
    default:
      return SECBUFFER_EMPTY;
  }
}

const IovPart* Find(const IovParts& parts, IovType type) {
  for (const IovPart& part : parts) {
    if (part.type == type) return &part;
  }
  return nullptr;
}

// SSPI's array over parts.
class Buffers {
 public:
  explicit Buffers(const IovParts& parts) {
    for (const IovPart& part : parts) Add(KindOf(part.type), part.bytes);
  }
  void Add(unsigned long kind, MutableBytes bytes) {
    buffers_.push_back({static_cast<unsigned long>(bytes.size), kind, bytes.data});
  }
  SecBufferDesc* desc() {
    desc_ = {SECBUFFER_VERSION, static_cast<unsigned long>(buffers_.size()), buffers_.data()};
    return &desc_;
  }
  const SecBuffer& operator[](size_t i) const { return buffers_[i]; }

 private:
  std::vector<SecBuffer> buffers_;
  SecBufferDesc desc_ = {};
};

Status NoRoom(const char* part, size_t needed, size_t there) {
  return Status::Refuse(kErrOutOfRange, std::string("the ") + part + " needs " +
                                            std::to_string(needed) + " bytes, and there are " +
                                            std::to_string(there));
}

Status Outside(const char* call) {
  return Status::RefuseToken(kFailureMajor, "a part is not inside its memory", call);
}

// Sizes may only shrink, and parts stay where they are: SSPI could move their pointers.
Status TakeSizes(const Buffers& buffers, const char* call, IovParts* parts) {
  for (size_t i = 0; i < parts->size(); i++) {
    MutableBytes& bytes = (*parts)[i].bytes;
    if ((*parts)[i].type == IovType::kTrailer) bytes.size = 0;
    if (bytes.size == 0) continue;
    if (buffers[i].cbBuffer > bytes.size) return Outside(call);
    if (buffers[i].pvBuffer != bytes.data)
      memmove(bytes.data, buffers[i].pvBuffer, buffers[i].cbBuffer);
    bytes.size = buffers[i].cbBuffer;
  }
  return Status::Ok();
}

OwnedBytes Joined(const IovParts& parts) {
  size_t size = 0;
  for (const IovPart& part : parts) size += part.bytes.size;
  OwnedBytes joined(size);
  uint8_t* to = joined.data();
  for (const IovPart& part : parts) {
    if (part.bytes.size != 0) memcpy(to, part.bytes.data, part.bytes.size);
    to += part.bytes.size;
  }
  return joined;
}

// What may have been decrypted and was not verified.
void Overwrite(const IovParts& parts) {
  for (const IovPart& part : parts) {
    if (part.type == IovType::kData || part.type == IovType::kStream) {
      SecureZero(part.bytes.data, part.bytes.size);
    }
  }
}

Status Decrypt(Context* context, Bytes header, Buffers* buffers, MessageResult* result) {
  uint64_t number = 0;
  bool numbered = SequenceNumber(header, &number);
  unsigned long qop = 0;
  SECURITY_STATUS answer = Table()->DecryptMessage(context->handle.get(), buffers->desc(), 0, &qop);
  result->confidential = WasEncrypted(*context, header, qop);
  return CheckReceived(context, kDecrypt, answer, numbered, number);
}

Status UnwrapHeaded(Context* context, IovParts* parts, MessageResult* result) {
  const IovPart* trailer = Find(*parts, IovType::kTrailer);
  if (trailer != nullptr && trailer->bytes.size != 0) {
    return Status::RefuseToken(kDefectiveToken, "SSPI knows no trailer", kDecrypt);
  }
  const IovPart* header = Find(*parts, IovType::kHeader);
  OwnedBytes copy(Bytes{header->bytes.data, header->bytes.size});
  IovParts given = *parts;
  given[static_cast<size_t>(header - parts->data())].bytes = copy.span();
  Buffers buffers(given);
  Status status = Decrypt(context, {header->bytes.data, header->bytes.size}, &buffers, result);
  if (!status.ok()) return status;
  status = TakeSizes(buffers, kDecrypt, &given);
  for (size_t i = 0; i < given.size(); i++) (*parts)[i].bytes.size = given[i].bytes.size;
  return status;
}

// The data comes back inside the stream, at result->offset: as a plain message's.
Status UnwrapStream(Context* context, IovParts* parts, MessageResult* result) {
  if (Find(*parts, IovType::kSignOnly) != nullptr) {
    return Unsupported(kDecrypt, "SSPI does not document a stream with data apart");
  }
  MutableBytes stream = Find(*parts, IovType::kStream)->bytes;
  Status status = UnwrapInPlace(context, stream, result);
  if (!status.ok()) return status;
  for (IovPart& part : *parts) {
    if (part.type == IovType::kData) part.bytes = {stream.data + result->offset, result->size};
  }
  return status;
}

}  // namespace

Status WrapIovLength(Context* context, bool confidential, uint32_t qop, IovParts* parts) {
  Status status = Ready(context, confidential, qop, "QueryContextAttributesW");
  if (!status.ok()) return status;
  for (IovPart& part : *parts) {
    if (part.type == IovType::kHeader) part.bytes.size = context->sizes.cbSecurityTrailer;
    if (part.type == IovType::kPadding) part.bytes.size = context->sizes.cbBlockSize;
    if (part.type == IovType::kTrailer) part.bytes.size = 0;
  }
  return status;
}

Status WrapIov(Context* context, bool confidential, uint32_t qop, IovParts* parts) {
  Status status = Ready(context, confidential, qop, kEncrypt);
  if (!status.ok()) return status;
  size_t header = Find(*parts, IovType::kHeader)->bytes.size;
  if (header < context->sizes.cbSecurityTrailer) {
    return NoRoom("header", context->sizes.cbSecurityTrailer, header);
  }
  const IovPart* padding = Find(*parts, IovType::kPadding);
  size_t room = padding == nullptr ? 0 : padding->bytes.size;
  // A block of one byte is none, but for RC4, which is refused where it comes to use it.
  if (room < context->sizes.cbBlockSize && (padding != nullptr || context->sizes.cbBlockSize > 1)) {
    return NoRoom("padding", context->sizes.cbBlockSize, room);
  }
  Buffers buffers(*parts);
  status =
      Check(kEncrypt, Table()->EncryptMessage(context->handle.get(), confidential ? 0 : kSignOnly,
                                              buffers.desc(), 0));
  return status.ok() ? TakeSizes(buffers, kEncrypt, parts) : std::move(status);
}

Status UnwrapIov(Context* context, IovParts* parts, MessageResult* result) {
  Status status = Ready(context, false, 0, kDecrypt);
  if (!status.ok()) return status;
  IovParts before = *parts;
  status = Find(*parts, IovType::kStream) != nullptr ? UnwrapStream(context, parts, result)
                                                     : UnwrapHeaded(context, parts, result);
  if (!status.ok()) Overwrite(before);
  return status;
}

Status GetMicIov(Context* context, uint32_t qop, const IovParts& parts, MutableBytes out,
                 size_t* written) {
  return GetMic(context, qop, Joined(parts).view(), out, written);
}

Status VerifyMicIov(Context* context, const IovParts& parts, Bytes mic, MessageResult* result) {
  return VerifyMic(context, Joined(parts).view(), mic, result);
}

}  // namespace backend
}  // namespace gssapi
