// SPDX-License-Identifier: Apache-2.0
#include "core/base/posix_zone_rule.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

namespace og {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;

int64_t seconds_of(sys_days day) { return int64_t{day.time_since_epoch().count()} * kDay; }

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// Takes what it reads from the front of the text, and remembers whether all was as it should be.
class PosixZoneRule::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool is_good() const { return good_; }
  bool is_at_end() const { return text_.empty(); }
  bool is_before(char c) const { return text_.starts_with(c); }
  bool takes(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(bool so) { good_ = good_ && so; }

  // CET, or <+03>.
  void name() {
    const bool quoted = takes('<');
    size_t length = 0;
    while (length < text_.size() &&
           (is_letter(text_[length]) ||
            (quoted && (is_digit(text_[length]) || text_[length] == '+' || text_[length] == '-'))))
      ++length;
    expect(length >= 3);
    text_.remove_prefix(length);
    if (quoted) expect(takes('>'));
  }
  int64_t number(int64_t least, int64_t most) {
    int64_t value = 0;
    size_t length = 0;
    for (; length < std::min<size_t>(text_.size(), 3) && is_digit(text_[length]); ++length)
      value = value * 10 + (text_[length] - '0');
    text_.remove_prefix(length);
    expect(length > 0 && least <= value && value <= most);
    return value;
  }
  // [+-]hh[:mm[:ss]], in s.
  int64_t time(int64_t most_hours) {
    const bool negative = takes('-');
    if (!negative) takes('+');
    int64_t seconds = number(0, most_hours) * kHour;
    if (takes(':')) seconds += number(0, 59) * 60;
    if (takes(':')) seconds += number(0, 59);
    return negative ? -seconds : seconds;
  }
  // ,M10.5.0/3 and ,J60 and ,59
  Day day() {
    Day day;
    expect(takes(','));
    if (takes('M')) {
      day.kind = Day::Kind::kMonth;
      day.month = static_cast<int>(number(1, 12));
      expect(takes('.'));
      day.week = static_cast<int>(number(1, 5));
      expect(takes('.'));
      day.weekday = static_cast<int>(number(0, 6));
    } else if (takes('J')) {
      day.kind = Day::Kind::kWithoutLeapDay;
      day.number = number(1, 365);
    } else {
      day.number = number(0, 365);
    }
    day.time = takes('/') ? time(167) : 2 * kHour;
    return day;
  }

 private:
  std::string_view text_;
  bool good_ = true;
};

std::optional<PosixZoneRule> PosixZoneRule::parse(std::string_view text) {
  PosixZoneRule rule;
  Reader reader(text);
  reader.name();
  rule.standard_ = -reader.time(24);  // POSIX counts westwards
  if (!reader.is_at_end()) {
    rule.changes_ = true;
    reader.name();
    rule.daylight_ = reader.is_before(',') ? rule.standard_ + kHour : -reader.time(24);
    rule.start_ = reader.day();
    rule.end_ = reader.day();
  }
  if (!reader.is_good() || !reader.is_at_end()) return std::nullopt;
  return rule;
}

int64_t PosixZoneRule::Day::in_year(int year) const noexcept {
  const std::chrono::year y(year);
  const sys_days first(y / std::chrono::January / 1);
  switch (kind) {
    case Kind::kMonth: {
      const std::chrono::weekday day(static_cast<unsigned>(weekday));
      const auto in = y / std::chrono::month(static_cast<unsigned>(month));
      const sys_days found = week == 5 ? sys_days(in / day[std::chrono::last])
                                       : sys_days(in / day[static_cast<unsigned>(week)]);
      return seconds_of(found) + time;
    }
    case Kind::kWithoutLeapDay:
      return seconds_of(first + days(number - (y.is_leap() && number >= 60 ? 0 : 1))) + time;
    case Kind::kOfYear:
      break;
  }
  return seconds_of(first + days(number)) + time;
}

ZoneSpan PosixZoneRule::span_at(int64_t unix_s) const noexcept {
  using Limits = std::numeric_limits<int64_t>;
  if (!changes_) return {Limits::min(), Limits::max(), standard_};
  // Some thousand years about now: the calendar has no more.
  constexpr int64_t kFar = int64_t{1} << 37;
  const int64_t near = std::clamp(unix_s, -kFar, kFar);
  const std::chrono::sys_seconds at{std::chrono::seconds(near)};
  const std::chrono::year_month_day date(std::chrono::floor<days>(at));
  const int year = static_cast<int>(date.year());

  // A day's time may reach into other years. A change back at the moment of the next one forth,
  // where the summer's time lasts all year, comes before it.
  constexpr int kYears = 2;
  struct Change {
    int64_t at, offset;
  };
  std::array<Change, 2 * (2 * kYears + 1)> changes;
  size_t count = 0;
  for (int y = year - kYears; y <= year + kYears; ++y) {
    changes[count++] = {start_.in_year(y) - standard_, daylight_};
    changes[count++] = {end_.in_year(y) - daylight_, standard_};
  }
  for (size_t i = 1; i < count; ++i) {  // stable, and without memory
    for (size_t j = i; j > 0 && changes[j].at < changes[j - 1].at; --j)
      std::swap(changes[j], changes[j - 1]);
  }
  size_t next = 0;
  while (next < count && changes[next].at <= near) ++next;
  if (next == 0) return {Limits::min(), changes[0].at, standard_};
  return {changes[next - 1].at, next < count ? changes[next].at : Limits::max(),
          changes[next - 1].offset};
}

}  // namespace og
