#include "clock.h"

#include "../backend/backend.h"

namespace gssapi {
namespace backend {
namespace {

constexpr int64_t kTicksPerSecond = 10000000;  // of 100 ns
// "Never" is written as the largest number, or as one beyond what a calendar of Windows holds.
constexpr int64_t kNever = INT64_C(0x7fff35f4f06c58f0);
// Quirk(wine): 8.0 writes "never" as now and GSS_C_INDEFINITE seconds: 136 years, some of which
// have passed by now.
constexpr int64_t kNearlyNever = int64_t{kIndefinite} - 24 * 3600;

int64_t Ticks(const FILETIME& time) {
  return static_cast<int64_t>((static_cast<uint64_t>(time.dwHighDateTime) << 32) |
                              time.dwLowDateTime);
}

FILETIME FileTime(int64_t ticks) {
  auto bits = static_cast<uint64_t>(ticks);
  return {static_cast<DWORD>(bits), static_cast<DWORD>(bits >> 32)};
}

// By the rules of the day it names, where they are known: summer time may begin before it.
int64_t ToUtc(int64_t local_ticks) {
  FILETIME local = FileTime(local_ticks);
  SYSTEMTIME calendar;
  SYSTEMTIME utc_calendar;
  FILETIME utc;
  if (FileTimeToSystemTime(&local, &calendar) != 0 &&
      TzSpecificLocalTimeToSystemTime(nullptr, &calendar, &utc_calendar) != 0 &&
      SystemTimeToFileTime(&utc_calendar, &utc) != 0) {
    return Ticks(utc);
  }
  return local_ticks;
}

}  // namespace

uint32_t SecondsUntil(const TimeStamp& expiry, bool local) {
  int64_t ticks = expiry.QuadPart;
  if (ticks <= 0 || ticks >= kNever) return kIndefinite;
  if (local) ticks = ToUtc(ticks);
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  int64_t seconds = (ticks - Ticks(now)) / kTicksPerSecond;
  if (seconds <= 0) return 0;
  return seconds >= kNearlyNever ? kIndefinite : static_cast<uint32_t>(seconds);
}

}  // namespace backend
}  // namespace gssapi
