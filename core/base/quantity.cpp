// SPDX-License-Identifier: Apache-2.0
#include "core/base/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/base/trimmed.h"

namespace og {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr int64_t kSecond = 1'000'000'000;
constexpr std::array kTimeUnits = {
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"ms", 1'000'000},
    Unit{"s", kSecond},
    Unit{"sec", kSecond},
    Unit{"second", kSecond},
    Unit{"m", 60 * kSecond},
    Unit{"min", 60 * kSecond},
    Unit{"minute", 60 * kSecond},
    Unit{"h", 3600 * kSecond},
    Unit{"hour", 3600 * kSecond},
    Unit{"d", 86400 * kSecond},
    Unit{"day", 86400 * kSecond},
};
// Of rates alone: a month is 30 days and a year 365, but where windows are the calendar's.
constexpr std::array kRateUnits = {
    Unit{"week", 7 * 86400 * kSecond},
    Unit{"month", 30 * 86400 * kSecond},
    Unit{"year", 365 * 86400 * kSecond},
};
constexpr std::array kByteUnits = {
    Unit{"B", 1},
    Unit{"kB", 1'000},
    Unit{"KB", 1'000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"TB", 1'000'000'000'000},
    Unit{"KiB", int64_t{1} << 10},
    Unit{"MiB", int64_t{1} << 20},
    Unit{"GiB", int64_t{1} << 30},
    Unit{"TiB", int64_t{1} << 40},
};

std::string_view trim(std::string_view text) { return trimmed(text, " "); }

std::string_view take_digits(std::string_view& text) {
  size_t length = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

// A number as it is written: its digits, and how many of them stand before the point.
class Decimal {
 public:
  // Takes one from the front of the text; nothing when none stands there.
  static std::optional<Decimal> take(std::string_view& text) {
    Decimal number;
    const char* const begin = text.data();
    number.whole_ = take_digits(text);
    if (number.whole_.empty()) return std::nullopt;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      number.fraction_ = take_digits(text);
      if (number.fraction_.empty()) return std::nullopt;
    }
    int64_t exponent = 0;
    if (text.starts_with('e') || text.starts_with('E')) {
      text.remove_prefix(1);
      const bool down = text.starts_with('-');
      if (down || text.starts_with('+')) text.remove_prefix(1);
      const std::string_view digits = take_digits(text);
      if (digits.empty()) return std::nullopt;
      for (char c : digits) exponent = std::min<int64_t>(exponent * 10 + (c - '0'), kFar);
      if (down) exponent = -exponent;
    }
    number.point_ = static_cast<int64_t>(number.whole_.size()) + exponent;
    number.text_ = {begin, static_cast<size_t>(text.data() - begin)};
    return number;
  }

  std::string_view text() const { return text_; }

  // Times `factor`, rounded half up. Nothing when that does not fit, or is 0 and the number is not.
  std::optional<int64_t> times(int64_t factor) const {
    const auto size = static_cast<int64_t>(whole_.size() + fraction_.size());
    int64_t first = 0;
    while (first < size && digit(first) == 0) ++first;
    if (first == size) return 0;

    if (point_ - first > kMostDigits) return std::nullopt;
    int64_t value = 0;
    for (int64_t i = first; i < point_; ++i) {
      if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
      if (__builtin_add_overflow(value, digit(i), &value)) return std::nullopt;
    }
    if (__builtin_mul_overflow(value, factor, &value)) return std::nullopt;

    // Twice the fraction's share, rounded down. From the last digit on: the floor of a nested
    // division by 10 is the floor of the whole.
    int64_t twice = 0;
    for (int64_t i = size - 1; i >= std::max(first, point_); --i) {
      twice = (digit(i) * 2 * factor + twice) / 10;
    }
    for (int64_t i = first - 1; i >= point_ && twice > 0; --i) twice /= 10;
    if (__builtin_add_overflow(value, (twice + 1) / 2, &value)) return std::nullopt;
    if (value == 0) return std::nullopt;
    return value;
  }

  bool is_whole() const {
    const auto size = static_cast<int64_t>(whole_.size() + fraction_.size());
    for (int64_t i = std::max<int64_t>(0, point_); i < size; ++i) {
      if (digit(i) != 0) return false;
    }
    if (point_ >= 0) return true;
    for (int64_t i = 0; i < size; ++i) {
      if (digit(i) != 0) return false;
    }
    return true;
  }

 private:
  static constexpr int64_t kFar = 1'000'000;  // an exponent past all that matters
  static constexpr int64_t kMostDigits = 19;  // of a number below 2^63

  int64_t digit(int64_t index) const {
    const auto at = static_cast<size_t>(index);
    if (at < whole_.size()) return whole_[at] - '0';
    return at - whole_.size() < fraction_.size() ? fraction_[at - whole_.size()] - '0' : 0;
  }

  std::string_view text_;
  std::string_view whole_;
  std::string_view fraction_;
  int64_t point_ = 0;
};

template <size_t N>
int64_t factor_of(std::string_view name, const std::array<Unit, N>& units) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return 0;
}

// "1.5 MiB"; without a unit times `bare`, and nothing when that is 0. Where the smallest unit is
// one of things that are counted, its number is whole: who asks for 1.5 bytes means something else.
template <size_t N>
std::optional<int64_t> parse_quantity(std::string_view text, const std::array<Unit, N>& units,
                                      int64_t bare, bool counted = false) {
  text = trim(text);
  const auto number = Decimal::take(text);
  if (!number) return std::nullopt;
  const std::string_view unit = trim(text);
  const int64_t factor = unit.empty() ? bare : factor_of(unit, units);
  if (factor == 0 || (counted && factor == 1 && !number->is_whole())) return std::nullopt;
  return number->times(factor);
}

// A whole text that is one number.
std::optional<Decimal> parse_decimal(std::string_view text) {
  const auto number = Decimal::take(text);
  return text.empty() ? number : std::nullopt;
}

}  // namespace

double Rate::per_second() const {
  return static_cast<double>(count) * 1e9 / static_cast<double>(period_ns);
}

Result<int64_t> parse_whole(std::string_view text) {
  text = trim(text);
  const bool negative = text.starts_with('-');
  const auto number = parse_decimal(text.substr(negative ? 1 : 0));
  if (number && number->is_whole()) {
    if (const auto value = number->times(1)) return negative ? -*value : *value;
  }
  return fail(Status::kBadValue, "not a whole number");
}

Result<double> parse_double(std::string_view text) {
  text = trim(text);
  const bool negative = text.starts_with('-');
  if (const auto number = parse_decimal(text.substr(negative ? 1 : 0))) {
    const std::string_view digits = number->text();
    double value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec == std::errc()) return negative ? -value : value;
  }
  return fail(Status::kBadValue, "not a number");
}

Result<int64_t> parse_duration(std::string_view text) {
  if (auto ns = parse_quantity(text, kTimeUnits, 1'000'000)) return *ns;
  return fail(Status::kBadValue, "not a duration");
}

Result<int64_t> parse_bytes(std::string_view text) {
  if (auto bytes = parse_quantity(text, kByteUnits, 1, true)) return *bytes;
  return fail(Status::kBadValue, "not a size");
}

Result<Rate> parse_rate(std::string_view text) {
  const size_t slash = text.find('/');
  const auto count = parse_whole(text.substr(0, slash));
  int64_t period_ns = kSecond;
  if (slash != std::string_view::npos) {
    const std::string_view period = trim(text.substr(slash + 1));
    period_ns = factor_of(period, kTimeUnits);
    if (period_ns == 0) period_ns = factor_of(period, kRateUnits);
    if (period_ns == 0) period_ns = parse_quantity(period, kTimeUnits, 0).value_or(0);
  }
  if (!count || *count <= 0 || period_ns <= 0) return fail(Status::kBadValue, "not a rate");
  return Rate{*count, period_ns};
}

Result<std::vector<RateBand>> parse_rates(std::string_view text) {
  std::vector<RateBand> all;
  for (bool is_last = false; !is_last;) {
    const size_t comma = text.find(',');
    is_last = comma == std::string_view::npos;
    const std::string_view one = text.substr(0, comma);
    if (!is_last) text.remove_prefix(comma + 1);
    const size_t colon = one.find(':');
    const bool says_burst = colon != std::string_view::npos;
    auto rate = parse_rate(one.substr(0, colon));
    if (!rate) return tl::unexpected(std::move(rate.error()));
    const auto burst = says_burst ? parse_whole(trim(one.substr(colon + 1))) : Result<int64_t>(0);
    const bool is_alone = is_last && all.empty();
    if (!burst || (says_burst && (*burst <= 0 || is_alone)))
      return fail(Status::kBadValue, "not a burst");
    all.push_back({*rate, *burst});
  }
  return all;
}

}  // namespace og
