#include "frame.h"

#include <cstring>

namespace gssapi {
namespace backend {
namespace {

constexpr uint8_t kApplication0 = 0x60;
constexpr uint8_t kOid = 0x06;
constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kNegTokenResp = 0xa1;
constexpr uint8_t kResponseToken = 0xa2;

const uint8_t kKrb5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};

// Reads DER elements one after the other.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}
  size_t left() const { return bytes_.size; }
  Bytes rest() const { return bytes_; }

  // False where there is no further element that lies within the bytes.
  bool Next(uint8_t* tag, Bytes* body) {
    if (bytes_.size < 2) return false;
    *tag = bytes_.data[0];
    size_t length = bytes_.data[1];
    Skip(2);
    if (length >= 0x80 && !LongLength(length & 0x7f, &length)) return false;
    if (length > bytes_.size) return false;
    *body = {bytes_.data, length};
    Skip(length);
    return true;
  }

 private:
  bool LongLength(size_t octets, size_t* length) {
    if (octets == 0 || octets > 4 || octets > bytes_.size) return false;
    *length = 0;
    for (size_t i = 0; i < octets; i++) *length = (*length << 8) | bytes_.data[i];
    Skip(octets);
    return true;
  }
  void Skip(size_t count) {
    bytes_.data += count;
    bytes_.size -= count;
  }
  Bytes bytes_;
};

// The only element of its bytes, with this tag.
bool Only(Bytes bytes, uint8_t tag, Bytes* body) {
  Reader reader(bytes);
  uint8_t found = 0;
  return reader.Next(&found, body) && found == tag && reader.left() == 0;
}

// 60 length, 06 the mechanism, then TOK_ID 02 00 (AP-REP) or 03 00 (KRB-ERROR) and its message.
bool IsKrb5Reply(Bytes token) {
  Bytes inside;
  if (!Only(token, kApplication0, &inside)) return false;
  Reader reader(inside);
  uint8_t tag = 0;
  Bytes mechanism;
  if (!reader.Next(&tag, &mechanism) || tag != kOid) return false;
  if (mechanism.size != sizeof(kKrb5) || memcmp(mechanism.data, kKrb5, sizeof(kKrb5)) != 0) {
    return false;
  }
  Bytes message = reader.rest();
  return message.size > 2 && (message.data[0] == 2 || message.data[0] == 3) && message.data[1] == 0;
}

bool IsNegTokenResp(Bytes token) {
  Bytes sequence;
  if (!Only(token, kSequence, &sequence)) return false;
  Reader reader(sequence);
  while (reader.left() != 0) {
    uint8_t tag = 0;
    Bytes field;
    if (!reader.Next(&tag, &field)) return false;
    if (tag != kResponseToken) continue;
    Bytes inner;
    if (!Only(field, kOctetString, &inner) || (inner.size != 0 && !IsKrb5Reply(inner)))
      return false;
  }
  return true;
}

}  // namespace

bool IsFramedReply(Bytes token) {
  Bytes response;
  if (Only(token, kNegTokenResp, &response)) return IsNegTokenResp(response);
  return IsKrb5Reply(token);
}

}  // namespace backend
}  // namespace gssapi
