// Bytes: borrowed, owned, and owned secrets that are zeroed before they are given back.
#ifndef NATIVE_BACKEND_SECRET_H_
#define NATIVE_BACKEND_SECRET_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace gssapi {

// A view of somebody else's memory.
struct Bytes {
  const uint8_t* data = nullptr;
  size_t size = 0;
};

struct MutableBytes {
  uint8_t* data = nullptr;
  size_t size = 0;
};

// Memory of our own, not initialised: a message's buffer is written once, by the mechanism.
class OwnedBytes {
 public:
  OwnedBytes() = default;
  explicit OwnedBytes(size_t size) : data_(new uint8_t[size == 0 ? 1 : size]), size_(size) {}
  explicit OwnedBytes(Bytes from) : OwnedBytes(from.size) {
    if (from.size != 0) memcpy(data_.get(), from.data, from.size);
  }

  uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Bytes view() const { return {data_.get(), size_}; }
  MutableBytes span() const { return {data_.get(), size_}; }
  uint8_t* release() { return data_.release(); }

 private:
  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
};

// A compiler may drop a memset of memory that is freed next; through a volatile pointer to the
// function it may not, since that could be any.
inline void SecureZero(void* data, size_t size) {
  static void* (*const volatile set)(void*, int, size_t) = memset;
  if (size != 0) set(data, 0, size);
}

// A password, a key, an exported credential. Always followed by a NUL, since C libraries want text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(Bytes from) : data_(new uint8_t[from.size + 1]), size_(from.size) {
    if (from.size != 0) memcpy(data_.get(), from.data, from.size);
    data_[from.size] = 0;
  }
  ~Secret() { Clear(); }
  Secret(Secret&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Clear();
      data_ = std::move(other.data_);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  const char* text() const { return reinterpret_cast<const char*>(data_.get()); }
  uint8_t* data() const { return data_.get(); }
  size_t size() const { return size_; }
  bool present() const { return data_ != nullptr; }

 private:
  void Clear() {
    if (data_ != nullptr) SecureZero(data_.get(), size_);
    data_.reset();
    size_ = 0;
  }
  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
};

}  // namespace gssapi

#endif  // NATIVE_BACKEND_SECRET_H_
