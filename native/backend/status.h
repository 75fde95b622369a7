// What a backend call says: nothing (success), or the record of a failure. Standard headers only.
#ifndef NATIVE_BACKEND_STATUS_H_
#define NATIVE_BACKEND_STATUS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gssapi {

// Codes that this library itself gives; everything a mechanism says has its code from `major`.
inline constexpr char kErrUnsupported[] = "ERR_GSS_UNSUPPORTED";
inline constexpr char kErrLibraryNotFound[] = "ERR_GSS_LIBRARY_NOT_FOUND";
inline constexpr char kErrContextBusy[] = "ERR_GSS_CONTEXT_BUSY";
inline constexpr char kErrNotEstablished[] = "ERR_GSS_NOT_ESTABLISHED";
inline constexpr char kErrProtectionNotGranted[] = "ERR_GSS_PROTECTION_NOT_GRANTED";
inline constexpr char kErrPasswordRefused[] = "ERR_GSS_PASSWORD_REFUSED";
inline constexpr char kErrAlreadyEstablished[] = "ERR_GSS_ALREADY_ESTABLISHED";
inline constexpr char kErrDisposed[] = "ERR_GSS_DISPOSED";
inline constexpr char kErrOutOfRange[] = "ERR_OUT_OF_RANGE";
inline constexpr char kErrInvalidArgValue[] = "ERR_INVALID_ARG_VALUE";
inline constexpr char kErrOutOfMemory[] = "ERR_MEMORY_ALLOCATION_FAILED";
inline constexpr char kErrInvalidState[] = "ERR_INVALID_STATE";
inline constexpr char kErrInternalAssertion[] = "ERR_INTERNAL_ASSERTION";

// The plain data from which src/base/errors.ts builds a GssError.
struct Failure {
  std::string code;    // one of the above; empty where the mechanism's `major` decides it
  std::string call;    // the platform's function: gss_init_sec_context, InitializeSecurityContextW
  std::string detail;  // one sentence of this library's own
  uint32_t major = 0;  // RFC 2744 §3.9.1 (SSPI's statuses are mapped to it)
  uint32_t minor = 0;
  std::vector<std::string> major_messages;
  std::vector<std::string> minor_messages;
  std::string minor_name;      // KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN
  std::string status_name;     // SEC_E_TARGET_UNKNOWN
  uint32_t status_value = 0;   // 0x80090303
  bool proxied = false;        // a daemon holds the keys and tickets that it speaks of
  std::string acceptor;        // whose keys an acceptor has, where a ticket was for another
  std::vector<uint8_t> token;  // what the peer should be sent although it failed
};

class [[nodiscard]] Status {
 public:
  Status() = default;

  static Status Ok() { return Status(); }
  static Status Fail(Failure failure) {
    Status status;
    status.failure_ = std::make_unique<Failure>(std::move(failure));
    return status;
  }
  // A failure that this library found by itself, without asking the platform.
  static Status Refuse(const char* code, std::string detail, const char* call = "") {
    Failure failure;
    failure.code = code;
    failure.detail = std::move(detail);
    failure.call = call;
    return Fail(std::move(failure));
  }
  // The same in a mechanism's words: the platform must not see this input, which would crash it.
  static Status RefuseToken(uint32_t major, std::string detail, const char* call) {
    Failure failure;
    failure.major = major;
    failure.detail = std::move(detail);
    failure.call = call;
    return Fail(std::move(failure));
  }

  bool ok() const { return failure_ == nullptr; }
  const Failure& failure() const { return *failure_; }
  Failure& failure() { return *failure_; }

 private:
  std::unique_ptr<Failure> failure_;
};

}  // namespace gssapi

#endif  // NATIVE_BACKEND_STATUS_H_
