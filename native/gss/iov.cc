// Messages in parts. The library never allocates here: each part is measured first, and lies in the
// caller's memory, so that nothing is written outside of it.
#include <algorithm>

#include "failure.h"
#include "handles.h"
#include "stream.h"

namespace gssapi {
namespace backend {
namespace {

constexpr bool Is(IovType type, OM_uint32 number) { return static_cast<OM_uint32>(type) == number; }
static_assert(Is(IovType::kEmpty, GSS_IOV_BUFFER_TYPE_EMPTY), "gssapi_ext.h");
static_assert(Is(IovType::kData, GSS_IOV_BUFFER_TYPE_DATA), "gssapi_ext.h");
static_assert(Is(IovType::kHeader, GSS_IOV_BUFFER_TYPE_HEADER), "gssapi_ext.h");
static_assert(Is(IovType::kTrailer, GSS_IOV_BUFFER_TYPE_TRAILER), "gssapi_ext.h");
static_assert(Is(IovType::kPadding, GSS_IOV_BUFFER_TYPE_PADDING), "gssapi_ext.h");
static_assert(Is(IovType::kStream, GSS_IOV_BUFFER_TYPE_STREAM), "gssapi_ext.h");
static_assert(Is(IovType::kSignOnly, GSS_IOV_BUFFER_TYPE_SIGN_ONLY), "gssapi_ext.h");
static_assert(Is(IovType::kMic, GSS_IOV_BUFFER_TYPE_MIC_TOKEN), "gssapi_ext.h");

constexpr char kWrapCall[] = "gss_wrap_iov";
constexpr char kUnwrapCall[] = "gss_unwrap_iov";
constexpr char kGetMicCall[] = "gss_get_mic_iov";
constexpr char kVerifyMicCall[] = "gss_verify_mic_iov";

Status Ready(const Context* context, bool available, const char* call) {
  if (!context->complete) {
    return Status::Refuse(kErrNotEstablished, "the context is not established", call);
  }
  return available ? Status::Ok() : Unsupported(call);
}

// The library's array over parts.
class Iov {
 public:
  explicit Iov(const IovParts& parts) {
    descs_.reserve(parts.size() + 2);
    for (const IovPart& part : parts) Add(static_cast<OM_uint32>(part.type), part.bytes);
  }

  // MIT refuses a null pointer even with length 0.
  void Add(OM_uint32 type, MutableBytes bytes) {
    static uint8_t nothing[1];
    descs_.push_back({type, {bytes.size, bytes.size == 0 ? nothing : bytes.data}});
  }
  gss_iov_buffer_desc* data() { return descs_.data(); }
  int count() const { return static_cast<int>(descs_.size()); }
  gss_buffer_desc& operator[](size_t i) { return descs_[i].buffer; }

 private:
  std::vector<gss_iov_buffer_desc> descs_;
};

bool IsMeasured(IovType type) {
  return type == IovType::kHeader || type == IovType::kPadding || type == IovType::kTrailer;
}

IovPart* Find(IovParts* parts, IovType type) {
  for (IovPart& part : *parts) {
    if (part.type == type) return &part;
  }
  return nullptr;
}

const char* WordFor(IovType type) {
  if (type == IovType::kHeader) return "header";
  return type == IovType::kPadding ? "padding" : "trailer";
}

Status NoRoom(const IovPart& part, size_t needed) {
  return Status::Refuse(kErrOutOfRange, std::string("the ") + WordFor(part.type) + " needs " +
                                            std::to_string(needed) + " bytes, and there are " +
                                            std::to_string(part.bytes.size));
}

Status TooLarge(const char* call) {
  return Status::RefuseToken(kFailureMajor, "the library's answer is larger than it said", call);
}

Status NotSealed(const char* call) {
  return Status::Refuse(kErrProtectionNotGranted, "the mechanism did not encrypt the message",
                        call);
}

// Quirk(mit): 1.20 ends the process (an assertion) where an encryption type of RFC 1964 is to sign
// without a padding part. It always gets one; where that must not be empty, the caller is told.
IovParts WithPadding(const IovParts& parts) {
  IovParts padded = parts;
  if (g_gss->mit && Find(&padded, IovType::kPadding) == nullptr) {
    padded.push_back({IovType::kPadding, {}});
  }
  return padded;
}

// ---------------------------------------------------------------- unwrap

Status Defective(const char* why) { return Status::RefuseToken(kDefectiveToken, why, kUnwrapCall); }

// What may have been decrypted and was not verified.
void Overwrite(const IovParts& parts) {
  for (const IovPart& part : parts) {
    if (part.type == IovType::kData || part.type == IovType::kStream) {
      SecureZero(part.bytes.data, part.bytes.size);
    }
  }
}

// A header, or a MIC, where the library may write into it and read a little past its end: it takes
// lengths out of it before it looks how long it is itself.
class Copied {
 public:
  static constexpr size_t kAtMost = 1024;  // real ones have at most some 100

  explicit Copied(Bytes from) : size_(from.size) { memcpy(bytes_, from.data, from.size); }
  MutableBytes span() { return {bytes_, size_}; }
  // The frame of RFC 2743 3.1, around a message of RFC 1964; else RFC 4121's.
  bool framed() const { return bytes_[0] == 0x60; }
  bool sealed() const { return (bytes_[2] & 0x02) != 0; }
  size_t extra_count() const { return static_cast<size_t>(bytes_[4]) << 8 | bytes_[5]; }

 private:
  uint8_t bytes_[kAtMost + 64] = {};
  size_t size_;
};

// Quirk(heimdal): 7.8 takes the extra count out of a sealed header and writes as far outside of
// header or trailer before anything is verified. It is 0; in DCE style one block (and then 7.8
// compares the header's length).
bool IsCountOff(const Context* context, const Copied& header) {
  if (g_gss->mit || header.framed() || !header.sealed() || header.extra_count() == 0) return false;
  return !context->dce_style || header.extra_count() > 16;
}

// Quirk(mit): 1.20 ends the process (an assertion) where the last byte of a padding, as decrypted,
// is less than the padding's own length. It looks only where there is just one data part, so it is
// given another, empty one, and the padding is judged here.
bool NeedsPaddingJudged(const Context* context, const Copied& header) {
  return g_gss->mit && header.framed() && !context->dce_style;
}

// RFC 1964 1.2.2.3: each byte of the padding is its length. What of it lies in the data is taken
// off.
bool JudgePadding(IovParts* parts) {
  IovPart* padding = Find(parts, IovType::kPadding);
  if (padding == nullptr || padding->bytes.size == 0) return false;
  size_t size = padding->bytes.size;
  size_t told = padding->bytes.data[size - 1];
  if (told < size) return false;
  padding->bytes.size = 0;
  size_t rest = told - size;
  auto last = std::find_if(parts->rbegin(), parts->rend(),
                           [](const IovPart& part) { return part.type == IovType::kData; });
  if (last == parts->rend()) return rest == 0;
  if (rest > last->bytes.size) return false;
  last->bytes.size -= rest;
  return true;
}

Status CallUnwrap(Context* context, Iov* iov, MessageResult* result) {
  OM_uint32 minor;
  int confidential = 0;
  gss_qop_t qop = 0;
  OM_uint32 major = g_gss->gss_unwrap_iov(&minor, context->handle.get(), &confidential, &qop,
                                          iov->data(), iov->count());
  Status status = Check(kUnwrapCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  result->confidential = confidential != 0;
  result->qop = qop;
  result->sequence = major & (kDuplicate | kOld | kUnsequenced | kGap);
  // Quirk(heimdal): 7.8 looks at the sequence number first, and where that is wrong it neither
  // decrypts nor verifies.
  if (!g_gss->mit && result->sequence != 0) {
    return MechanismFailure(kUnwrapCall, major, 0, context->mechanism.get());
  }
  return status;
}

// Sizes may only shrink; where the parts lie has not changed.
Status TakeSizes(Iov* iov, const char* call, IovParts* parts) {
  for (size_t i = 0; i < parts->size(); i++) {
    MutableBytes& bytes = (*parts)[i].bytes;
    if ((*iov)[i].length > bytes.size) return TooLarge(call);
    bytes.size = (*iov)[i].length;
  }
  return Status::Ok();
}

Status UnwrapHeaded(Context* context, IovParts* parts, MessageResult* result) {
  IovPart* header = Find(parts, IovType::kHeader);
  MutableBytes whole = header->bytes;
  if (whole.size < 16 || whole.size > Copied::kAtMost) return Defective("it is no header");
  Copied copy({whole.data, whole.size});
  if (IsCountOff(context, copy)) return Defective("its extra count is none");
  header->bytes = copy.span();
  Iov iov(*parts);
  header->bytes = whole;
  bool judged = NeedsPaddingJudged(context, copy);
  if (judged) iov.Add(GSS_IOV_BUFFER_TYPE_DATA, {nullptr, 0});
  Status status = CallUnwrap(context, &iov, result);
  if (status.ok()) status = TakeSizes(&iov, kUnwrapCall, parts);
  if (!status.ok() || !judged) return status;
  return JudgePadding(parts) ? std::move(status) : Defective("its padding does not fit");
}

// The major status where the library verified a message and did not give it.
uint32_t NotGiven(uint32_t sequence) { return sequence != 0 ? sequence : kFailureMajor; }

// The data comes back inside the stream, at result->offset.
Status PlaceData(MutableBytes stream, const gss_buffer_desc& found, IovPart* data,
                 MessageResult* result) {
  result->size = found.length;
  data->bytes = {static_cast<uint8_t*>(found.value), found.length};
  if (found.length == 0) return Status::Ok();
  if (data->bytes.data < stream.data || found.length > stream.size) return TooLarge(kUnwrapCall);
  result->offset = static_cast<size_t>(data->bytes.data - stream.data);
  return result->offset <= stream.size - found.length ? Status::Ok() : TooLarge(kUnwrapCall);
}

// Quirk(mit): 1.20's gss_unwrap_iov of a stream does not tell where the data is when a
// supplementary bit is set (kg_unseal_stream_iov asks for GSS_S_COMPLETE itself): it would be a
// message of no bytes. Streams are taken apart here; of another mechanism's, such a one is a
// failure.
Status UnwrapStream(Context* context, IovParts* parts, MessageResult* result) {
  MutableBytes stream = Find(parts, IovType::kStream)->bytes;
  if (stream.size == 0) return Defective("the token is empty");
  if (IsSplit(context, {stream.data, stream.size})) {
    return UnwrapSplitStream(context, parts, result);
  }
  Iov iov(*parts);
  IovPart* data = Find(parts, IovType::kData);
  gss_buffer_desc& found = iov[static_cast<size_t>(data - parts->data())];
  found = {0, nullptr};
  Status status = CallUnwrap(context, &iov, result);
  if (!status.ok()) return status;
  if (found.value == nullptr) {
    return MechanismFailure(kUnwrapCall, NotGiven(result->sequence), 0, context->mechanism.get());
  }
  return PlaceData(stream, found, data, result);
}

// ---------------------------------------------------------------- MIC

// For a library without gss_get_mic_iov: a MIC of parts is that of all of them in a row.
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

}  // namespace

Status WrapIovLength(Context* context, bool confidential, uint32_t qop, IovParts* parts) {
  static constexpr char kCall[] = "gss_wrap_iov_length";
  Status status = Ready(context, g_gss->gss_wrap_iov_length != nullptr, kCall);
  if (!status.ok()) return status;
  IovParts padded = WithPadding(*parts);
  Iov iov(padded);
  OM_uint32 minor;
  int sealed = 0;
  OM_uint32 major = g_gss->gss_wrap_iov_length(&minor, context->handle.get(), confidential ? 1 : 0,
                                               qop, &sealed, iov.data(), iov.count());
  status = Check(kCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  if (confidential && sealed == 0) return NotSealed(kCall);
  for (size_t i = 0; i < parts->size(); i++) {
    if (IsMeasured((*parts)[i].type)) (*parts)[i].bytes.size = iov[i].length;
  }
  bool lacks = padded.size() != parts->size() && iov[parts->size()].length != 0;
  return lacks ? NoRoom(padded.back(), iov[parts->size()].length) : std::move(status);
}

Status WrapIov(Context* context, bool confidential, uint32_t qop, IovParts* parts) {
  Status status = Ready(context, g_gss->gss_wrap_iov != nullptr, kWrapCall);
  IovParts needed = *parts;
  if (status.ok()) status = WrapIovLength(context, confidential, qop, &needed);
  if (!status.ok()) return status;
  for (size_t i = 0; i < needed.size(); i++) {
    if (needed[i].bytes.size > (*parts)[i].bytes.size) {
      return NoRoom((*parts)[i], needed[i].bytes.size);
    }
  }
  Iov iov(WithPadding(needed));
  OM_uint32 minor;
  int sealed = 0;
  OM_uint32 major = g_gss->gss_wrap_iov(&minor, context->handle.get(), confidential ? 1 : 0, qop,
                                        &sealed, iov.data(), iov.count());
  status = Check(kWrapCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  if (confidential && sealed == 0) return NotSealed(kWrapCall);
  *parts = std::move(needed);
  return TakeSizes(&iov, kWrapCall, parts);
}

Status UnwrapIov(Context* context, IovParts* parts, MessageResult* result) {
  Status status = Ready(context, g_gss->gss_unwrap_iov != nullptr, kUnwrapCall);
  if (!status.ok()) return status;
  IovParts before = *parts;
  status = Find(parts, IovType::kStream) != nullptr ? UnwrapStream(context, parts, result)
                                                    : UnwrapHeaded(context, parts, result);
  if (!status.ok()) Overwrite(before);
  return status;
}

Status GetMicIov(Context* context, uint32_t qop, const IovParts& parts, MutableBytes out,
                 size_t* written) {
  if (g_gss->gss_get_mic_iov == nullptr || !context->mic_fixed) {
    return GetMic(context, qop, Joined(parts).view(), out, written);
  }
  Status status = Ready(context, true, kGetMicCall);
  if (!status.ok()) return status;
  Iov iov(parts);
  iov.Add(GSS_IOV_BUFFER_TYPE_MIC_TOKEN, {out.data, context->mic_size});
  OM_uint32 minor;
  OM_uint32 major =
      g_gss->gss_get_mic_iov(&minor, context->handle.get(), qop, iov.data(), iov.count());
  *written = iov[parts.size()].length;
  return Check(kGetMicCall, major, minor, context->mechanism.get());
}

Status VerifyMicIov(Context* context, const IovParts& parts, Bytes mic, MessageResult* result) {
  if (!g_gss->mit || g_gss->gss_verify_mic_iov == nullptr || mic.size == 0 ||
      mic.size > Copied::kAtMost) {
    return VerifyMic(context, Joined(parts).view(), mic, result);
  }
  Status status = Ready(context, true, kVerifyMicCall);
  if (!status.ok()) return status;
  Copied copy(mic);
  Iov iov(parts);
  iov.Add(GSS_IOV_BUFFER_TYPE_MIC_TOKEN, copy.span());
  OM_uint32 minor;
  gss_qop_t qop = 0;
  OM_uint32 major =
      g_gss->gss_verify_mic_iov(&minor, context->handle.get(), &qop, iov.data(), iov.count());
  status = Check(kVerifyMicCall, major, minor, context->mechanism.get());
  if (!status.ok()) return status;
  result->qop = qop;
  result->sequence = major & (kDuplicate | kOld | kUnsequenced | kGap);
  return status;
}

}  // namespace backend
}  // namespace gssapi
