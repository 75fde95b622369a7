#include "trace.h"

#include <cstdlib>
#include <fstream>
#include <string_view>

namespace shim {

namespace {

// MIT's own words (include/k5-trace.h), the same since 1.9.
constexpr std::string_view kMade = "Creating authenticator for ";
constexpr std::string_view kRead = "AP-REQ ticket: ";
constexpr std::string_view kReplyMade = "Creating AP-REP";
constexpr std::string_view kReplyRead = "Read AP-REP";
constexpr std::string_view kArrow = " -> ";
constexpr std::string_view kEndOfName = ", se";  // ", seqnum" or ", session key"

std::string_view Between(std::string_view text, std::string_view begin, std::string_view end) {
  const size_t from = text.find(begin);
  if (from == std::string_view::npos) return {};
  const std::string_view rest = text.substr(from + begin.size());
  return rest.substr(0, rest.find(end));
}

// "subkey aes256-cts/1A2B": the type, then four digits of a digest of the key.
std::optional<KeyType> Key(std::string_view line, std::string_view label) {
  const std::string_view name = Between(line, label, "/");
  return KeyTypeByName(name.data(), name.size());
}

void ReadNames(std::string_view line, std::string_view label, Handshake* handshake) {
  handshake->client = Between(line, label, kArrow);
  handshake->server = Between(line, kArrow, kEndOfName);
}

void ReadLine(std::string_view line, Handshake* handshake) {
  const bool made = line.find(kMade) != std::string_view::npos;
  const bool read = line.find(kRead) != std::string_view::npos;
  if (made || read) {
    ReadNames(line, made ? kMade : kRead, handshake);
    handshake->session_key = Key(line, "session key ");
  }
  const bool reply = line.find(kReplyMade) != std::string_view::npos ||
                     line.find(kReplyRead) != std::string_view::npos;
  if (!made && !reply) return;
  if (const auto subkey = Key(line, "subkey ")) handshake->subkey = subkey;
}

// A path of Unix, as Wine shows it to a Windows program.
std::string TracePath() {
  const char* path = std::getenv("KRB5_TRACE");
  return path == nullptr ? "" : std::string("Z:") + path;
}

}  // namespace

TraceMark::TraceMark() : path_(TracePath()) {
  std::ifstream file(path_, std::ios::binary | std::ios::ate);
  if (file) begin_ = static_cast<long long>(file.tellg());
}

Handshake TraceMark::Read() const {
  Handshake handshake;
  std::ifstream file(path_, std::ios::binary);
  file.seekg(begin_);
  for (std::string line; std::getline(file, line);) ReadLine(line, &handshake);
  return handshake;
}

}  // namespace shim
