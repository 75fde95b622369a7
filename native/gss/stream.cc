#include "stream.h"

#include <algorithm>

namespace gssapi {
namespace backend {
namespace {

constexpr size_t kFixed = 16;  // RFC 4121 4.2.6.2: what is never rotated

Status Defective() {
  return Status::RefuseToken(kDefectiveToken, "it is no token of RFC 4121", "gss_unwrap_iov");
}

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
Status Measure(Context* context, bool sealed, size_t* header, size_t* trailer) {
  IovParts parts = {PartOf(IovType::kHeader, nullptr, 0), PartOf(IovType::kData, nullptr, 0),
                    PartOf(IovType::kTrailer, nullptr, 0)};
  Status status = WrapIovLength(context, sealed, 0, &parts);
  *header = parts[0].bytes.size;
  *trailer = parts[2].bytes.size;
  return status;
}

}  // namespace

Status UnwrapSplitStream(Context* context, IovParts* parts, MessageResult* result) {
  auto is = [parts](IovType type) {
    return std::find_if(parts->begin(), parts->end(),
                        [type](const IovPart& part) { return part.type == type; });
  };
  MutableBytes token = is(IovType::kStream)->bytes;
  if (token.size < kFixed || token.data[0] != 5 || token.data[1] != 4) return Defective();
  size_t header = 0;
  size_t trailer = 0;
  Status status = Measure(context, (token.data[2] & 2) != 0, &header, &trailer);
  if (!status.ok()) return status;
  if (token.size < header + trailer) return Defective();
  Straighten(token);
  size_t size = token.size - header - trailer;
  IovParts split = *parts;
  split[static_cast<size_t>(is(IovType::kStream) - parts->begin())] =
      PartOf(IovType::kHeader, token.data, header);
  auto data = is(IovType::kData);
  split[static_cast<size_t>(data - parts->begin())].bytes = {token.data + header, size};
  split.push_back(PartOf(IovType::kTrailer, token.data + header + size, trailer));
  status = UnwrapIov(context, &split, result);
  data->bytes = {token.data + header, size};
  result->offset = header;
  result->size = size;
  return status;
}

}  // namespace backend
}  // namespace gssapi
