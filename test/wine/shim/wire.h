// Where the parts of a per-message token lie. Arithmetic only: no key, no platform.
#ifndef TEST_WINE_SHIM_WIRE_H_
#define TEST_WINE_SHIM_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace shim {

using Octets = std::vector<uint8_t>;

// What RFC 3961's type of key says about the tokens made with it.
struct KeyType {
  uint32_t number;       // aes256-cts-hmac-sha1-96 is 18
  size_t checksum_size;  // of RFC 4121's tokens; 0 where RFC 4757's are used
};

inline constexpr KeyType kAes256 = {18, 12};

// By MIT's short names, as they stand in its trace: 'aes256-cts'. Nothing for what Windows has not.
std::optional<KeyType> KeyTypeByName(const char* name, size_t size);

// SECPKG_ATTR_SIZES.
struct Sizes {
  size_t signature;
  size_t trailer;
  size_t block;
};
Sizes SizesOf(KeyType type);

// The sizes that the three buffers of EncryptMessage come back with.
struct Parts {
  size_t token;
  size_t data;
  size_t padding;
};

// Lays the plain token of a message of `message_size` bytes out as Windows does; the wire is the
// three parts in their order.
Parts ArrangeAsWindows(Octets* wire, size_t message_size, bool sealed, KeyType type);

// What can be read of a wrap token without its key.
struct WrapToken {
  bool sealed;
  size_t message_offset;  // where Windows leaves the message when it has decrypted in place
  size_t message_size;
};
std::optional<WrapToken> ReadWrapToken(const uint8_t* wire, size_t size, KeyType type);

// RFC 4121's SND_SEQ of a wrap token or a MIC.
std::optional<uint64_t> SequenceNumber(const uint8_t* token, size_t size);

}  // namespace shim

#endif  // TEST_WINE_SHIM_WIRE_H_
