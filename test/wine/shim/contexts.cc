#include "contexts.h"

#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace shim {

namespace {

using Key = std::pair<ULONG_PTR, ULONG_PTR>;
Key KeyOf(const CtxtHandle& context) { return {context.dwLower, context.dwUpper}; }

std::mutex g_mutex;
std::map<Key, Known> g_known;

// The numbers of the last genuine messages; what is lower than all of them was seen before.
constexpr size_t kRemembered = 1024;
std::map<Key, std::set<uint64_t>> g_received;

TimeStamp LocalNow() {
  FILETIME utc;
  FILETIME local;
  GetSystemTimeAsFileTime(&utc);
  FileTimeToLocalFileTime(&utc, &local);
  TimeStamp now;
  now.LowPart = local.dwLowDateTime;
  now.HighPart = static_cast<LONG>(local.dwHighDateTime);
  return now;
}

}  // namespace

// RFC 4121 §2: an acceptor's subkey, else the initiator's, else the session key.
KeyType Known::key() const {
  if (handshake.subkey) return *handshake.subkey;
  return handshake.session_key.value_or(kAes256);
}

void Learn(const CtxtHandle* before, const CtxtHandle& context, const Step& step) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  if (before != nullptr && KeyOf(*before) != KeyOf(context)) {
    g_known[KeyOf(context)] = std::move(g_known[KeyOf(*before)]);
    g_known.erase(KeyOf(*before));
  }
  Known& known = g_known[KeyOf(context)];
  const Handshake& told = step.handshake;
  if (!told.client.empty()) known.handshake = told;
  if (told.subkey) known.handshake.subkey = told.subkey;
  known.attributes = step.attributes;
  known.expiry = step.expiry;
  known.established = LocalNow();
}

Known Recall(const CtxtHandle& context) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  const auto found = g_known.find(KeyOf(context));
  return found == g_known.end() ? Known() : found->second;
}

void NoteReceived(const CtxtHandle& context, uint64_t number) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  std::set<uint64_t>& received = g_received[KeyOf(context)];
  received.insert(number);
  if (received.size() > kRemembered) received.erase(received.begin());
}

bool WasReceived(const CtxtHandle& context, uint64_t number) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  const std::set<uint64_t>& received = g_received[KeyOf(context)];
  if (received.size() == kRemembered && number < *received.begin()) return true;
  return received.count(number) != 0;
}

void Forget(const CtxtHandle& context) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  g_known.erase(KeyOf(context));
  g_received.erase(KeyOf(context));
}

}  // namespace shim
