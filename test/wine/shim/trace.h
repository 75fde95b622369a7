// What the Unix library tells of a handshake in its own trace: who is who, and the keys' types.
// Wine asks it for neither.
#ifndef TEST_WINE_SHIM_TRACE_H_
#define TEST_WINE_SHIM_TRACE_H_

#include <optional>
#include <string>

#include "wire.h"

namespace shim {

struct Handshake {
  std::string client;
  std::string server;
  std::optional<KeyType> session_key;
  std::optional<KeyType> subkey;  // the acceptor's, else the initiator's
};

// A place in the trace: what is read from there on was written since. Nothing where KRB5_TRACE is
// not set.
class TraceMark {
 public:
  TraceMark();
  Handshake Read() const;

 private:
  std::string path_;
  long long begin_ = 0;
};

}  // namespace shim

#endif  // TEST_WINE_SHIM_TRACE_H_
