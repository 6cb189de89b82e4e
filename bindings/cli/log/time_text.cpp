// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/time_text.h"

#include <charconv>
#include <cstring>

#include "bindings/cli/log/civil_time.h"
#include "bindings/cli/log/digit.h"

namespace og::cli {

const char kNoTime[] = "no [dd/Mon/yyyy:hh:mm:ss +zzzz] time";
const char kBadTime[] = "no such time from 1970 to 2099";

namespace {

constexpr int kLastYear = 2099;  // within 2^62 ns of 1970, the last moment of the library's clocks
constexpr int64_t kLastSecond = 4102444799;  // of that year
constexpr char kUnknownTime[] = "its time is no ISO 8601, no dd/Mon/yyyy:hh:mm:ss and no number";

// Two digits as a number; or one so negative that it stays so in any sum made of it here.
int two(const char* text) {
  if (!is_digit(text[0]) || !is_digit(text[1])) return -1'000'000;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

int month_of(const char* text) {
  static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int month = 0; month < 12; ++month) {
    if (std::memcmp(text, kMonths + month * 3, 3) == 0) return month + 1;
  }
  return 0;
}

// "Z", "+05:30", "+0530", "+05" or nothing, in seconds east of UTC; false when it is none of these.
bool read_zone(std::string_view text, int32_t& offset_s) {
  offset_s = 0;
  if (text.empty() || text == "Z" || text == "z") return true;
  if (text[0] != '+' && text[0] != '-') return false;
  const bool colon = text.size() == 6 && text[3] == ':';
  if (text.size() != 3 && text.size() != 5 && !colon) return false;
  const int minutes =
      two(text.data() + 1) * 60 + (text.size() > 3 ? two(text.data() + (colon ? 4 : 3)) : 0);
  if (minutes < 0 || minutes >= 24 * 60) return false;
  offset_s = (text[0] == '-' ? -minutes : minutes) * 60;
  return true;
}

}  // namespace

const char* TimeText::common(const char* text, LogRecord& out) {
  if (std::memcmp(text, day_text_, sizeof day_text_) != 0) {
    const int day = two(text);
    const int month = month_of(text + 3);
    const int year = two(text + 7) * 100 + two(text + 9);
    if (text[2] != '/' || text[6] != '/' || day < 0 || month == 0 || year < 0) return kNoTime;
    if (year < 1970 || year > kLastYear || !is_civil_day(year, month, day)) return kBadTime;
    day_s_ = days_from_civil(year, month, day) * 86400;
    std::memcpy(day_text_, text, sizeof day_text_);
  }
  const int hour = two(text + 12);
  const int minute = two(text + 15);
  const int second = two(text + 18);
  const int zone = two(text + 22) * 60 + two(text + 24);
  if (text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ' || hour < 0 ||
      minute < 0 || second < 0 || zone < 0 || (text[21] != '+' && text[21] != '-')) {
    return kNoTime;
  }
  if (hour > 23 || minute > 59 || second > 60 || zone >= 24 * 60) return kBadTime;
  out.offset_s = text[21] == '-' ? -zone * 60 : zone * 60;
  out.epoch_s = day_s_ + hour * 3600 + minute * 60 + second - out.offset_s;
  return out.epoch_s < 0 ? kBadTime : nullptr;  // 1970 began later in the west
}

const char* TimeText::any(std::string_view text, LogRecord& out) {
  if (text.starts_with('[') && text.ends_with(']') && text.size() > 2) {
    text = text.substr(1, text.size() - 2);
  }
  if (text.size() == 26 && text[2] == '/') return common(text.data(), out);
  if (text.size() >= 19 && (text[4] == '-' || text[4] == '/')) return iso(text, out);
  return count(text, out);
}

const char* TimeText::iso(std::string_view text, LogRecord& out) {
  const char separator = text[10];
  if (separator != 'T' && separator != 't' && separator != ' ') return kUnknownTime;
  const char* const why = date_and_time(text.substr(0, 10), text.substr(11, 8), out);
  if (why != nullptr) return why;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.') || rest.starts_with(',')) {
    std::size_t end = 1;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    if (end == 1) return kUnknownTime;
    rest.remove_prefix(end);
  }
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (!read_zone(rest, out.offset_s)) return kUnknownTime;
  out.epoch_s -= out.offset_s;
  return out.epoch_s < 0 || out.epoch_s > kLastSecond ? kBadTime : nullptr;
}

const char* TimeText::date_and_time(std::string_view date, std::string_view time, LogRecord& out) {
  if (date.size() != 10 || time.size() < 8 || date[4] != date[7] ||
      (date[4] != '-' && date[4] != '/') || time[2] != ':' || time[5] != ':') {
    return kUnknownTime;
  }
  const int year = two(date.data()) * 100 + two(date.data() + 2);
  const int month = two(date.data() + 5);
  const int day = two(date.data() + 8);
  const int hour = two(time.data());
  const int minute = two(time.data() + 3);
  const int second = two(time.data() + 6);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return kUnknownTime;
  for (std::size_t i = 8; i < time.size(); ++i) {  // a fraction
    if (i == 8 ? time[i] != '.' : !is_digit(time[i])) return kUnknownTime;
  }
  if (year < 1970 || year > kLastYear || !is_civil_day(year, month, day) || hour > 23 ||
      minute > 59 || second > 60) {
    return kBadTime;
  }
  out.offset_s = 0;
  out.epoch_s = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return nullptr;
}

const char* TimeText::count(std::string_view text, LogRecord& out) {
  const char* const end = text.data() + text.size();
  uint64_t whole = 0;
  const auto [after, error] = std::from_chars(text.data(), end, whole);
  if (error == std::errc::result_out_of_range) return kBadTime;
  if (error != std::errc() || after == text.data()) return kUnknownTime;
  if (after != end) {  // ".123", "e9"
    double number = 0;
    const auto [all, wrong] = std::from_chars(text.data(), end, number);
    if (wrong != std::errc() || all != end) return kUnknownTime;
    if (!(number >= 0 && number < 1e19)) return kBadTime;
    whole = static_cast<uint64_t>(number);
  }
  // A count of milliseconds that were taken for seconds lies beyond 2099 from March 1970 on.
  constexpr uint64_t kMost = 100'000'000'000;
  for (uint64_t unit = 1; unit <= 1'000'000'000; unit *= 1000) {
    if (whole / unit >= kMost) continue;
    out.epoch_s = static_cast<int64_t>(whole / unit);
    out.offset_s = 0;
    return out.epoch_s > kLastSecond ? kBadTime : nullptr;
  }
  return kBadTime;
}

}  // namespace og::cli
