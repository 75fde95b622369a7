// Names that a stranger gives: as text of each type, and exported.
#include <iterator>

#include "fuzz.h"

namespace gssapi {
namespace fuzz {
namespace {

using backend::NamePtr;

const char* const kTypes[] = {
    "1.3.6.1.5.6.4",           // exported
    "1.3.6.1.5.6.6",           // exported with attributes
    "1.2.840.113554.1.2.1.4",  // of a service
    "1.2.840.113554.1.2.1.1",  // of a user
    "1.2.840.113554.1.2.2.1",  // Kerberos' own
    "",
};

constexpr size_t kExportedTypes = 2;

size_t Length(const Token& token, size_t at, size_t bytes) {
  size_t length = 0;
  for (size_t i = 0; i < bytes; i++) length = length << 8 | token[at + i];
  return length;
}

// What src/name/checks.ts lets through of exported names. Of the others MIT dies, see
// native/README.md, so that nothing else would ever be found.
bool IsLetThrough(const Token& token) {
  if (token.size() < 4 || token[0] != 4 || (token[1] != 1 && token[1] != 2)) return false;
  size_t mechanism = Length(token, 2, 2);
  size_t at = 4 + mechanism;
  if (mechanism < 3 || token.size() < at + 4) return false;
  if (token[4] != 6 || token[5] != mechanism - 2) return false;
  size_t end = at + 4 + Length(token, at, 4);
  if (end > token.size()) return false;
  size_t rest = token.size() - end;
  if (token[1] == 1) return rest == 0;
  return rest == 0 || (rest >= 4 && Length(token, end, 4) == rest - 4);
}

Token Exported() {
  NamePtr name;
  Need(backend::CanonicalizeName(*Service(), Mechanism(false), &name));
  Token token;
  Need(backend::ExportName(*name, &token));
  return token;
}

// Whatever was imported can be shown, compared and made a mechanism's; none of it has to succeed.
void Use(const NamePtr& name) {
  std::string text;
  std::string type;
  (void)backend::DisplayName(*name, &text, &type).ok();
  bool equal = false;
  if (backend::CompareNames(*name, *name, &equal).ok()) Assert(equal, "a name is not itself");
  NamePtr canonical;
  if (!backend::CanonicalizeName(*name, Mechanism(false), &canonical).ok()) return;
  Token token;
  if (!backend::ExportName(*canonical, &token).ok()) return;
  // Heimdal makes principals whose text it does not read again.
  NamePtr again;
  (void)backend::ImportName(View(token), kTypes[0], &again).ok();
}

void Import(Input* input) {
  static const Token genuine = Exported();
  bool spoiled = (input->Byte() & 1U) != 0;
  size_t type = input->Byte() % (spoiled ? kExportedTypes : std::size(kTypes));
  Token value = spoiled ? input->Spoil(genuine) : input->Rest();
  if (type < kExportedTypes && !IsLetThrough(value)) return;
  NamePtr name;
  if (backend::ImportName(View(value), kTypes[type], &name).ok()) Use(name);
}

}  // namespace
}  // namespace fuzz
}  // namespace gssapi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gssapi::fuzz::Input input(data, size);
  gssapi::fuzz::Import(&input);
  return 0;
}
