// SPDX-License-Identifier: Apache-2.0
// The grammar of core/base/quantity.h: texts with values worked out by hand, and random ones
// against a second reader, which a regular expression and whole-number fractions make.
#include "core/base/quantity.h"

#include <optional>
#include <regex>

#include "core/base/random.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kDay = 86'400'000'000'000;

// The second reader. A text has few digits here, so that numerator and denominator fit 127 bits.
namespace reference {

using Wide = __int128;

constexpr const char* kTime = "ns|us|ms|s|sec|second|m|min|minute|h|hour|d|day";
constexpr const char* kBytes = "B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB";

int64_t unit(const std::string& name) {
  if (name == "B" || name == "ns") return 1;
  if (name == "us") return 1000;
  if (name == "ms") return 1000 * 1000;
  if (name == "s" || name == "sec" || name == "second") return 1000 * 1000 * 1000;
  if (name == "m" || name == "min" || name == "minute") return 60 * unit("s");
  if (name == "h" || name == "hour") return 60 * unit("min");
  if (name == "d" || name == "day") return 24 * unit("h");
  int64_t value = 1;
  for (const char prefix : std::string("kMGT")) {
    value *= name.size() == 3 ? 1024 : 1000;
    if (name[0] == prefix || (prefix == 'k' && name[0] == 'K')) return value;
  }
  return 0;
}

struct Fraction {
  Wide numerator = 0;
  Wide denominator = 1;
  bool is_whole() const { return numerator % denominator == 0; }
};

// whole.fraction * 10^exponent * factor; nothing when that is past 2^63 or below 10^-18.
std::optional<Fraction> fraction(const std::smatch& match, size_t at, int64_t factor) {
  const std::string behind = match[at + 1].matched ? match[at + 1].str().substr(1) : "";
  Fraction value;
  for (const char digit : match[at].str() + behind) {
    value.numerator = value.numerator * 10 + (digit - '0');
  }
  if (value.numerator == 0) return value;
  value.numerator *= factor;
  long exponent = match[at + 2].matched ? std::stol(match[at + 2].str().substr(1)) : 0;
  exponent -= static_cast<long>(behind.size());
  if (exponent > 18 || exponent < -37) return std::nullopt;
  for (; exponent < 0; ++exponent) value.denominator *= 10;
  for (; exponent > 0; --exponent) {
    if (value.numerator > INT64_MAX) return std::nullopt;
    value.numerator *= 10;
  }
  return value;
}

// Rounded half up.
std::optional<int64_t> value(const std::smatch& match, size_t at, int64_t factor) {
  const auto exact = fraction(match, at, factor);
  if (!exact) return std::nullopt;
  Wide rounded = exact->numerator / exact->denominator;
  if (exact->numerator % exact->denominator >= exact->denominator - exact->denominator / 2 &&
      exact->numerator != 0 && exact->denominator > 1) {
    ++rounded;
  }
  if ((rounded == 0 && exact->numerator != 0) || rounded > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(rounded);
}

const std::string kNumber = "([0-9]+)(\\.[0-9]+)?([eE][+-]?[0-9]+)?";

// Made once: making one takes longer than all that is matched with it.
std::regex one_of(const char* units) { return std::regex(" *" + kNumber + " *(" + units + ")? *"); }
const std::regex kDuration = one_of(kTime), kSize = one_of(kBytes);
const std::regex kRate(" *" + kNumber + " *(/ *((" + kTime + ")|" + kNumber + " *(" + kTime +
                       ")) *)?");

std::optional<int64_t> quantity(const std::string& text, const std::regex& form, int64_t bare) {
  std::smatch match;
  if (!std::regex_match(text, match, form)) return std::nullopt;
  const int64_t factor = match[4].matched ? unit(match[4]) : bare;
  const auto exact = fraction(match, 1, 1);
  if (&form == &kSize && factor == 1 && exact && !exact->is_whole()) return std::nullopt;
  return value(match, 1, factor);
}

std::optional<Rate> rate(const std::string& text) {
  std::smatch match;
  if (!std::regex_match(text, match, kRate)) return std::nullopt;
  const auto exact = fraction(match, 1, 1);
  const auto count = value(match, 1, 1);
  if (!exact || !exact->is_whole() || !count || *count == 0) return std::nullopt;
  std::optional<int64_t> period = unit("s");
  if (match[6].matched)
    period = unit(match[6]);
  else if (match[7].matched)
    period = value(match, 7, unit(match[10]));
  if (!period || *period == 0) return std::nullopt;
  return Rate{*count, *period};
}

}  // namespace reference

}  // namespace

TEST_CASE("durations by hand") {
  const auto [text, ns] = GENERATE(table<const char*, int64_t>({
      {"0", 0},
      {"0.000s", 0},
      {"0e9d", 0},
      {"7", 7'000'000},
      {"0.05", 50'000},
      {"30s", 30'000'000'000},
      {"1.5m", 90'000'000'000},
      {"2 h", 7'200'000'000'000},
      {"  250 ms ", 250'000'000},
      {"1d", kDay},
      {"2d", 2 * kDay},
      {"0002day", 2 * kDay},
      {"1.5 day", kDay + kDay / 2},
      {"10us", 10'000},
      {"3ns", 3},
      {"1e3", 1'000'000'000},
      {"2.5e-1s", 250'000'000},
      {"1E+2ns", 100},
      {"25e-1ns", 3},
      {"2.49ns", 2},
      {"0.5ns", 1},
      {"1e-6", 1},
      {"1e-9s", 1},
      {"5e-7", 1},
      // Past 2^53 ns, 104 days: no double holds these.
      {"200.000000000000012d", 200 * kDay + 1},
      {"9007199.254740993s", 9'007'199'254'740'993},
      {"364.999999999999999d", 365 * kDay},
      {"8759.999999999999h", 365 * kDay - 4},
      {"31536000000", 365 * kDay},
      {"31535999999.999999", 365 * kDay - 1},
      {"9223372036854775807ns", INT64_MAX},
      {"9223372036854.775807", INT64_MAX},
      {"0.0000000000000000000000000000000000000000000001e46ns", 1},
      {"00000000000000000000000000000000000000000000000000001s", 1'000'000'000},
      {"0.49999999999999999999999999999999999e1ns", 5},
  }));
  INFO(text);
  REQUIRE(parse_duration(text));
  CHECK(*parse_duration(text) == ns);
}

TEST_CASE("sizes by hand") {
  const auto [text, bytes] = GENERATE(table<const char*, int64_t>({
      {"0", 0},
      {"512", 512},
      {"1B", 1},
      {"10kB", 10'000},
      {"10KB", 10'000},
      {"1.5 MiB", 1'572'864},
      {"64MiB", 67'108'864},
      {"0.1kB", 100},
      {"3MB", 3'000'000},
      {"2GB", 2'000'000'000},
      {"1TB", 1'000'000'000'000},
      {"1KiB", 1024},
      {"1GiB", 1'073'741'824},
      {"1TiB", 1'099'511'627'776},
      {"1e6", 1'000'000},
      {"2.50e1", 25},
      {"3.0 B", 3},
      {"9007199254740993", 9'007'199'254'740'993},
      {"0.3KiB", 307},
      {"9223372036854775807", INT64_MAX},
      {"8388607.999999999999TiB", INT64_MAX},  // 2^63 - 1.0995
  }));
  INFO(text);
  REQUIRE(parse_bytes(text));
  CHECK(*parse_bytes(text) == bytes);
}

TEST_CASE("rates by hand") {
  const auto [text, count, period_ns] = GENERATE(table<const char*, int64_t, int64_t>({
      {"7", 7, 1'000'000'000},
      {"100/s", 100, 1'000'000'000},
      {"1000/min", 1000, 60'000'000'000},
      {"60/1m", 60, 60'000'000'000},
      {"3/day", 3, kDay},
      {"5/week", 5, 7 * kDay},
      {"1000000/month", 1'000'000, 30 * kDay},
      {"1/year", 1, 365 * kDay},
      {"5/250ms", 5, 250'000'000},
      {"1/0.5s", 1, 500'000'000},
      {" 1 / 1.5 h ", 1, 5'400'000'000'000},
      {"1e6/s", 1'000'000, 1'000'000'000},
      {"1/1e3s", 1, 1'000'000'000'000},
      {"2.0/2d", 2, 2 * kDay},
      {"1/366d", 1, 366 * kDay},
      {"9223372036854775807/ns", INT64_MAX, 1},
  }));
  INFO(text);
  const auto rate = parse_rate(text);
  REQUIRE(rate);
  CHECK(rate->count == count);
  CHECK(rate->period_ns == period_ns);
}

TEST_CASE("numbers by hand") {
  CHECK(parse_whole("-12").value() == -12);
  CHECK(parse_whole("1e6").value() == 1'000'000);
  CHECK(parse_whole("12.50e1").value() == 125);
  CHECK(parse_whole("9223372036854775807").value() == INT64_MAX);
  CHECK(parse_double("-0.5").value() == -0.5);
  CHECK(parse_double("1e-7").value() == 1e-7);
  CHECK(parse_double("17.976931348623157e307").value() == 1.7976931348623157e308);
  for (const char* text :
       {"", "-", "1.5", "1e-1", "1e", "--1", "+1", "0x1", "1,5", "1_0", "1 0", "1 s",
        "9223372036854775808", "1e19", ".5", "1.", "inf", "nan", "1.2.3"}) {
    INFO(text);
    CHECK_FALSE(parse_whole(text));
  }
  for (const char* text : {"", "-", "+1", "1e", "1e+", ".5", "1.", "inf", "-inf", "nan", "infinity",
                           "0x1p3", "1e400", "1e-400", "1,5", "1.2.3", "1 s", "- 1"}) {
    INFO(text);
    CHECK_FALSE(parse_double(text));
  }
}

TEST_CASE("what is not fully read is refused") {
  const std::string_view text = GENERATE(values<std::string_view>({
      "",
      " ",
      ".",
      "-1s",
      "+1s",
      "1.s",
      ".5s",
      "1..5s",
      "1.5.2s",
      "1e",
      "1es",
      "1e+s",
      "1e1.5s",
      "1 000",
      "1_000",
      "1,5s",
      "1s1",
      "1s 500ms",
      "1S",
      "1MS",
      "1 M",
      "1 ms.",
      "1min s",
      "0x10",
      "0x1p3s",
      "inf",
      "infs",
      "nan",
      "1\ts",
      "1\ns",
      "1s\n",
      "--1",
      "1-",
      "1/s/",
      "1e2e3",
      "5/60x",
      "\xc2\xb5s",
      "1\xc2\xb5s",
      std::string_view("1\0s", 3),
      std::string_view("1s\0", 3),
      "9223372036854775808ns",
      "9223372036854775807s",
      "1e30",
      "1e999999999999999999999",
      "0.4ns",
      "1e-10",
      "1e-999999999999999999999s",
      "106752d",
      "1w",
      "1year",
  }));
  INFO(text);
  CHECK_FALSE(parse_duration(text));
  CHECK_FALSE(parse_rate("1/" + std::string(text)));
  CHECK_FALSE(parse_duration("s"));  // a rate's period alone may be a unit
}

TEST_CASE("sizes and rates that are refused") {
  for (const char* text : {"1b",     "1k",         "1M",  "1Kib",    "1 kiB", "1PiB", "1mB",
                           "-5",     "8388608TiB", "0.4", "0.1B",    "1.5",   "1e-1", "1000.5B",
                           "2.5e0B", "1s",         "1/s", "64 Mi B", ".5MiB", "1e",   "1.MiB"}) {
    INFO(text);
    CHECK_FALSE(parse_bytes(text));
  }
  for (const char* text :
       {"",       "/",    "/s",    "5/",        "5/60", "5/1",     "1/.5s", "100/e3s",
        "100/e3", "1/0s", "1/0",   "0/s",       "0",    "-1/s",    "1.5/s", "0.5",
        "1/-1s",  "1//s", "1/s/s", "1/1 000ms", "1 s",  "1/0.4ns", "1s/1",  "9223372036854775808/s",
        "1/ 5",   "1/1",  "1 0/s", "1/s s",     "ten/s"}) {
    INFO(text);
    CHECK_FALSE(parse_rate(text));
  }
}

TEST_CASE("every millisecond, microsecond and nanosecond up to a year is exact") {
  Random random(1);
  constexpr int64_t kYear = 365 * kDay;
  for (int i = 0; i < 20'000; ++i) {
    const auto ns = static_cast<int64_t>(random.below(kYear + 1));
    std::string fraction = std::to_string(1'000'000'000 + ns % 1'000'000'000).substr(1);
    REQUIRE(parse_duration(std::to_string(ns) + "ns").value() == ns);
    REQUIRE(parse_duration(std::to_string(ns / 1'000'000'000) + "." + fraction + "s").value() ==
            ns);
    REQUIRE(parse_duration(std::to_string(ns / 1'000'000) + "." + fraction.substr(3)).value() ==
            ns);
    REQUIRE(parse_duration(std::to_string(ns / 1000) + "." + fraction.substr(6) + "us").value() ==
            ns);
    REQUIRE(parse_duration(std::to_string(ns % 365) + "d").value() == ns % 365 * kDay);
    REQUIRE(parse_bytes(std::to_string(ns / 1024) + "KiB").value() == ns / 1024 * 1024);
  }
}

TEST_CASE("any text is refused, or read as the second reader reads it") {
  const std::vector<std::string> pieces = {
      "0",    "1", "5",   "9",  "12", "25", "007", ".",      "e",   "E",   "+",      "-",
      "/",    " ", "s",   "ms", "ns", "us", "sec", "second", "m",   "min", "minute", "h",
      "hour", "d", "day", "B",  "kB", "KB", "MB",  "GB",     "TB",  "KiB", "MiB",    "GiB",
      "TiB",  "x", "f",   "p",  ",",  "_",  "\t",  "inf",    "\xff"};
  Random random(2);
  int durations = 0, sizes = 0, rates = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string text;
    const uint64_t length = 1 + random.below(7);
    // Numbers and units often enough that many of them parse.
    for (uint64_t n = 0; n < length; ++n) {
      text +=
          pieces[random.below(n % 2 == 0 ? 7 + random.below(pieces.size() - 6) : pieces.size())];
    }
    INFO(text);
    const auto duration = parse_duration(text);
    const auto wanted = reference::quantity(text, reference::kDuration, 1'000'000);
    REQUIRE(duration.has_value() == wanted.has_value());
    if (wanted) REQUIRE(*duration == *wanted);
    durations += wanted.has_value();

    const auto size = parse_bytes(text);
    const auto wanted_size = reference::quantity(text, reference::kSize, 1);
    REQUIRE(size.has_value() == wanted_size.has_value());
    if (wanted_size) REQUIRE(*size == *wanted_size);
    sizes += wanted_size.has_value();

    const auto rate = parse_rate(text);
    const auto wanted_rate = reference::rate(text);
    REQUIRE(rate.has_value() == wanted_rate.has_value());
    if (wanted_rate) {
      REQUIRE(rate->count == wanted_rate->count);
      REQUIRE(rate->period_ns == wanted_rate->period_ns);
    }
    rates += wanted_rate.has_value();
  }
  CHECK(durations > 1000);
  CHECK(sizes > 1000);
  CHECK(rates > 200);
}

}  // namespace og
