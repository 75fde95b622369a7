#include "wire.h"

#include <algorithm>
#include <cstring>

namespace shim {

namespace {

// RFC 4121 §4.2.6.2: TOK_ID 05 04, flags, filler, EC, RRC, SND_SEQ.
constexpr size_t kHeader = 16;
constexpr size_t kConfounder = 16;
constexpr size_t kFlags = 2;
constexpr size_t kExtraCount = 4;
constexpr size_t kRotation = 6;
constexpr size_t kSequence = 8;
constexpr uint8_t kSealed = 2;

// RFC 4757 §7.3: the mechanism's identifier, then TOK_ID to the confounder; one byte of padding.
constexpr size_t kArcfourObject = 11;
constexpr size_t kArcfourHeader = 32;
constexpr size_t kArcfourPadding = 1;
constexpr size_t kArcfourMaxSignature = 37;
constexpr size_t kArcfourMaxTrailer = 49;
constexpr size_t kSealAlgorithm = 4;

size_t Read16(const uint8_t* at) { return static_cast<size_t>(at[0]) << 8 | at[1]; }

void Write16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

bool IsRfc4121(const uint8_t* wire, size_t size) {
  return size >= kHeader && wire[0] == 5 && wire[1] == 4;
}

// RFC 4121 §4.2.5: rotated to the right by RRC, so that what Windows wants in TOKEN stands in
// front.
void Rotate(Octets* wire, size_t count) {
  std::rotate(wire->begin() + kHeader, wire->end() - static_cast<ptrdiff_t>(count), wire->end());
  Write16(wire->data() + kRotation, count);
}

std::optional<WrapToken> ReadRfc4121(const uint8_t* wire, size_t size, KeyType type) {
  const bool sealed = (wire[kFlags] & kSealed) != 0;
  const size_t extra = Read16(wire + kExtraCount);
  const size_t tail = sealed ? extra + kHeader + type.checksum_size : extra;
  const size_t front = sealed ? kHeader + kConfounder : kHeader;
  if (size < front + tail) return std::nullopt;
  const size_t body = size - kHeader;
  const size_t rotated = body == 0 ? 0 : Read16(wire + kRotation) % body;
  // A rotation that is not Windows' own is undone first, in place.
  const size_t offset = rotated == tail ? front + tail : front;
  return WrapToken{sealed, offset, size - front - tail};
}

std::optional<WrapToken> ReadRfc4757(const uint8_t* wire, size_t size) {
  if (size < 2 || wire[0] != 0x60) return std::nullopt;
  const size_t length_size = wire[1] < 0x80 ? 1 : 1 + (wire[1] & 0x7fU);
  const size_t begin = 1 + length_size + kArcfourObject;
  const size_t front = begin + kArcfourHeader;
  if (size < front + kArcfourPadding) return std::nullopt;
  const bool sealed = wire[begin + kSealAlgorithm] != 0xff;
  return WrapToken{sealed, front, size - front - kArcfourPadding};
}

struct Named {
  const char* name;
  KeyType type;
};

constexpr Named kNames[] = {
    {"aes128-cts", {17, 12}},  {"aes256-cts", {18, 12}}, {"aes128-sha2", {19, 16}},
    {"aes256-sha2", {20, 24}}, {"rc4-hmac", {23, 0}},
};

}  // namespace

std::optional<KeyType> KeyTypeByName(const char* name, size_t size) {
  for (const Named& each : kNames) {
    if (std::strlen(each.name) == size && std::memcmp(each.name, name, size) == 0) return each.type;
  }
  return std::nullopt;
}

Sizes SizesOf(KeyType type) {
  if (type.checksum_size == 0) return {kArcfourMaxSignature, kArcfourMaxTrailer, 1};
  return {kHeader + type.checksum_size, 2 * kHeader + kConfounder + type.checksum_size, 1};
}

Parts ArrangeAsWindows(Octets* wire, size_t message_size, bool sealed, KeyType type) {
  const size_t around = wire->size() - message_size;
  if (type.checksum_size == 0) return {around - kArcfourPadding, message_size, kArcfourPadding};
  Rotate(wire, around - kHeader - (sealed ? kConfounder : 0));
  return {around, message_size, 0};
}

std::optional<WrapToken> ReadWrapToken(const uint8_t* wire, size_t size, KeyType type) {
  if (type.checksum_size == 0) return ReadRfc4757(wire, size);
  return IsRfc4121(wire, size) ? ReadRfc4121(wire, size, type) : std::nullopt;
}

std::optional<uint64_t> SequenceNumber(const uint8_t* token, size_t size) {
  if (size < kHeader || (token[0] != 5 && token[0] != 4) || token[1] != 4) return std::nullopt;
  uint64_t number = 0;
  for (size_t i = 0; i < 8; i++) number = number << 8 | token[kSequence + i];
  return number;
}

}  // namespace shim
