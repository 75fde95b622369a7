// UTF-8 above the backend, UTF-16 below it.
#ifndef NATIVE_SSPI_TEXT_H_
#define NATIVE_SSPI_TEXT_H_

#include <string>
#include <vector>

#include "../backend/secret.h"
#include "windows_api.h"

namespace gssapi {
namespace backend {

// Whether it is UTF-8 without a NUL; other bytes cannot be a name here.
bool IsText(Bytes bytes);
// Whether SSPI can hold it. Quirk(sspi): behind its functions text is a UNICODE_STRING, whose
// length in bytes has 16 bits (RtlInitUnicodeString): what is longer arrives cut, a target then as
// another.
bool Fits(const std::string& text);
// Of text that is not UTF-8 the empty string.
std::wstring ToWide(const std::string& text);
std::string ToUtf8(const wchar_t* text);
std::string ToUtf8(const std::wstring& text);

inline constexpr size_t kLongestText = 32766;  // UTF-16 units, a NUL behind them

// What SSPI wants as a pointer to text that it does not change; it lacks the const.
inline wchar_t* Mutable(const std::wstring& text) { return const_cast<wchar_t*>(text.c_str()); }

// A password in UTF-16, overwritten when it goes out of scope.
class WideSecret {
 public:
  explicit WideSecret(const Secret& from);
  ~WideSecret();
  WideSecret(const WideSecret&) = delete;
  WideSecret& operator=(const WideSecret&) = delete;

  wchar_t* data() { return text_.data(); }
  size_t size() const { return size_; }
  bool fits() const { return size_ <= kLongestText; }

 private:
  std::vector<wchar_t> text_;
  size_t size_ = 0;
};

}  // namespace backend
}  // namespace gssapi

#endif  // NATIVE_SSPI_TEXT_H_
