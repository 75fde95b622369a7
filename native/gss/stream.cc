#include "stream.h"

#include <algorithm>

namespace gssapi {
namespace backend {
namespace {

constexpr size_t kFixed = 16;        // RFC 4121 4.2.6.2: what is never rotated
constexpr size_t kShortPrefix = 2;   // 60 and a length below 128
constexpr size_t kLeastFramed = 16;  // more than any frame's beginning

Status Defective(const char* why) {
  return Status::RefuseToken(kDefectiveToken, why, "gss_unwrap_iov");
}

// The frame of RFC 2743 3.1, around a message of RFC 1964.
bool IsFramed(Bytes token) { return token.size >= kLeastFramed && token.data[0] == 0x60; }

// RFC 4121 4.2.5: what stood at the end stands there again, and the count is 0.
void Straighten(MutableBytes token) {
  uint8_t* from = token.data + kFixed;
  uint8_t* to = token.data + token.size;
  size_t count = static_cast<size_t>(token.data[6]) << 8 | token.data[7];
  if (from != to) std::rotate(from, from + count % static_cast<size_t>(to - from), to);
  token.data[6] = token.data[7] = 0;
}

IovPart PartOf(IovType type, uint8_t* data, size_t size) { return {type, {data, size}}; }

// Header and trailer have sizes of their own, whatever lies between them.
Status Measure(Context* context, bool sealed, WrapShape* shape) {
  IovParts parts = {PartOf(IovType::kHeader, nullptr, 0), PartOf(IovType::kData, nullptr, 0),
                    PartOf(IovType::kPadding, nullptr, 0), PartOf(IovType::kTrailer, nullptr, 0)};
  Status status = WrapIovLength(context, sealed, 0, &parts);
  shape->header = parts[0].bytes.size;
  shape->trailer = parts[3].bytes.size;
  return status;
}

// Header, data, trailer.
Status Split(Context* context, MutableBytes token, TokenParts* parts) {
  bool sealed = IsSealed({token.data, token.size});
  WrapShape shape = context->shape[sealed ? 1 : 0];
  Status status = shape.fixed ? Status::Ok() : Measure(context, sealed, &shape);
  if (!status.ok()) return status;
  return SplitToken(shape, token, parts) ? std::move(status) : Defective("it is too short");
}

// The same of RFC 1964's, where a padding of one byte stands for the trailer: how long it is, its
// last byte tells. The header begins with a frame that counts what follows.
Status SplitFramed(Context* context, MutableBytes token, TokenParts* parts) {
  WrapShape shape;
  Status status = Measure(context, false, &shape);
  if (!status.ok()) return status;
  size_t octets = token.data[1] < 0x80 ? 0 : token.data[1] & 0x7f;
  size_t header = shape.header - std::min(shape.header, kShortPrefix) + kShortPrefix + octets;
  if (token.size < header + 1) return Defective("it is too short");
  parts->header = {token.data, header};
  parts->data = {token.data + header, token.size - header - 1};
  parts->trailer = {token.data + token.size - 1, 1};
  return status;
}

}  // namespace

bool SplitToken(const WrapShape& shape, MutableBytes token, TokenParts* parts) {
  Bytes whole = {token.data, token.size};
  size_t trailer = shape.trailer + (IsSealed(whole) ? ExtraCount(whole) : 0);
  if (token.size < shape.header + trailer) return false;
  Straighten(token);
  size_t size = token.size - shape.header - trailer;
  parts->header = {token.data, shape.header};
  parts->data = {token.data + shape.header, size};
  parts->trailer = {parts->data.data + size, trailer};
  return true;
}

bool IsSplit(const Context* context, Bytes token) {
  return !g_gss->mit || (!context->dce_style && (IsWrapToken(token) || IsFramed(token)));
}

Status UnwrapSplitStream(Context* context, IovParts* parts, MessageResult* result) {
  auto at = [parts](IovType type) {
    auto found = std::find_if(parts->begin(), parts->end(),
                              [type](const IovPart& part) { return part.type == type; });
    return static_cast<size_t>(found - parts->begin());
  };
  size_t stream = at(IovType::kStream);
  size_t data = at(IovType::kData);
  MutableBytes token = (*parts)[stream].bytes;
  bool wraps = IsWrapToken({token.data, token.size});
  // A context of RFC 4121 has no keys for another's tokens.
  bool framed = g_gss->mit && !context->shape[0].fixed && IsFramed({token.data, token.size});
  if (!wraps && !framed) return Defective("it is no token of RFC 4121");
  TokenParts found;
  Status status = wraps ? Split(context, token, &found) : SplitFramed(context, token, &found);
  if (!status.ok()) return status;
  IovParts split = *parts;
  split[stream] = {IovType::kHeader, found.header};
  split[data].bytes = found.data;
  split.push_back({wraps ? IovType::kTrailer : IovType::kPadding, found.trailer});
  status = UnwrapIov(context, &split, result);
  (*parts)[data].bytes = {found.data.data, split[data].bytes.size};
  result->offset = found.header.size;
  result->size = split[data].bytes.size;
  return status;
}

}  // namespace backend
}  // namespace gssapi
