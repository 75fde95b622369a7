#include "text.h"

namespace gssapi {
namespace backend {
namespace {

// The number of UTF-16 units written, or needed where `to` is null; 0 for what is not UTF-8.
int Widen(const char* from, size_t size, wchar_t* to, int room) {
  if (size == 0 || size > INT_MAX) return 0;
  return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, from, static_cast<int>(size), to, room);
}

std::string Narrow(const wchar_t* text, size_t length) {
  if (length == 0 || length > INT_MAX) return "";
  auto units = static_cast<int>(length);
  int size = WideCharToMultiByte(CP_UTF8, 0, text, units, nullptr, 0, nullptr, nullptr);
  std::string narrow(static_cast<size_t>(size), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, units, &narrow[0], size, nullptr, nullptr);
  return narrow;
}

}  // namespace

bool IsText(Bytes bytes) {
  if (bytes.size == 0) return true;
  if (memchr(bytes.data, 0, bytes.size) != nullptr) return false;
  return Widen(reinterpret_cast<const char*>(bytes.data), bytes.size, nullptr, 0) > 0;
}

bool Fits(const std::string& text) {
  // A unit takes one byte of UTF-8 at least.
  return text.size() <= kLongestText || ToWide(text).size() <= kLongestText;
}

std::wstring ToWide(const std::string& text) {
  int length = Widen(text.data(), text.size(), nullptr, 0);
  std::wstring wide(static_cast<size_t>(length), L'\0');
  if (length != 0) Widen(text.data(), text.size(), &wide[0], length);
  return wide;
}

std::string ToUtf8(const wchar_t* text) {
  return text == nullptr ? "" : Narrow(text, wcslen(text));
}

std::string ToUtf8(const std::wstring& text) { return Narrow(text.data(), text.size()); }

WideSecret::WideSecret(const Secret& from) {
  int length = from.present() ? Widen(from.text(), from.size(), nullptr, 0) : 0;
  size_ = static_cast<size_t>(length);
  text_.resize(size_ + 1);  // SSPI's functions want a NUL behind it
  if (length != 0) Widen(from.text(), from.size(), text_.data(), length);
}

WideSecret::~WideSecret() { SecureZero(text_.data(), text_.size() * sizeof(wchar_t)); }

}  // namespace backend
}  // namespace gssapi
