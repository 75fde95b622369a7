// Which of a mechanism's own numbers stands behind one that MIT's mechglue gave out.
#include <algorithm>
#include <map>
#include <mutex>
#include <system_error>

#include "failure.h"
#include "oid.h"
#include "proxy.h"

namespace gssapi {
namespace backend {
namespace {

// The numbers that may yet stand behind one; what was struck out once stays so, since a number is
// given out for one pair of mechanism and code, for ever.
struct Possible {
  std::mutex mutex;
  std::map<uint32_t, std::vector<uint32_t>> by_minor;
};

Possible* Memory() {
  static Possible* memory = new Possible;  // never destroyed: workers may outlive the statics
  return memory;
}

std::vector<uint32_t> WithText(const std::vector<uint32_t>& minors,
                               const std::vector<std::string>& lines) {
  std::vector<uint32_t> same;
  for (uint32_t minor : minors) {
    if (DisplayMinor(GivenMinor(minor), Krb5Oid()) == lines) same.push_back(minor);
  }
  return same;
}

// mechglue's and libc's words for the code 0, in this thread's language.
bool SaysNothing(const std::vector<std::string>& lines) {
  std::string success = std::generic_category().message(0);
  return lines == std::vector<std::string>{success} || lines == DisplayMinor(0, Krb5Oid());
}

}  // namespace

// Quirk(mit): mechglue (generic/util_errmap.c and mechglue/g_dsp_status.c, 1.7 to 1.21 at least)
// gives each pair of mechanism and code a number of its own: to the first use of a code the code
// itself, to the same code of another mechanism (krb5's within SPNEGO is SPNEGO's too, iakerb's is
// not krb5's) 100001 and so on; also to the code 0. The way back is gss_display_status alone, which
// asks the mechanism for its text, kept by thread and code. So the right code has the same text as
// the number in question, at any time, and one that once had another is struck out for ever.
void FindMinorBehind(Failure* failure) {
  const std::vector<std::string>& lines = failure->minor_messages;
  if (!g_gss->mit || lines.empty()) return;
  if (SaysNothing(lines)) {
    failure->minor = 0;
    failure->minor_messages.clear();
    return;
  }
  Possible* memory = Memory();
  std::lock_guard<std::mutex> lock(memory->mutex);
  auto known = memory->by_minor.find(failure->minor);
  bool fresh = known == memory->by_minor.end();
  std::vector<uint32_t> same = WithText(fresh ? NamedMinors() : known->second, lines);
  // The text of a code without a name is no other's: nothing to remember.
  if (!fresh || !same.empty()) memory->by_minor[failure->minor] = same;
  if (same.size() != 1) return;
  failure->minor = same[0];
  failure->minor_name = MinorName(same[0]);
}

}  // namespace backend
}  // namespace gssapi
