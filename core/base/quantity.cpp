// SPDX-License-Identifier: Apache-2.0
// Durations, sizes and rates written as text.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/options.h"

namespace og {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kTimeUnits = {
    Unit{"ns", 1},      Unit{"us", 1e3},      Unit{"ms", 1e6},       Unit{"s", 1e9},
    Unit{"sec", 1e9},   Unit{"second", 1e9},  Unit{"m", 60e9},       Unit{"min", 60e9},
    Unit{"minute", 60e9}, Unit{"h", 3600e9},  Unit{"hour", 3600e9},  Unit{"d", 86400e9},
    Unit{"day", 86400e9},
};
constexpr std::array kByteUnits = {
    Unit{"B", 1},          Unit{"kB", 1e3},       Unit{"KB", 1e3},       Unit{"MB", 1e6},
    Unit{"GB", 1e9},       Unit{"TB", 1e12},      Unit{"KiB", 0x1p10},   Unit{"MiB", 0x1p20},
    Unit{"GiB", 0x1p30},   Unit{"TiB", 0x1p40},
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "1.5 MiB" with a bare number meaning `bare`. Whole numbers stay exact up to 2^63.
template <size_t N>
std::optional<int64_t> parse_quantity(std::string_view text, const std::array<Unit, N>& units,
                                      double bare) {
  text = trim(text);
  const char* end = text.data() + text.size();
  double number = 0;
  auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc()) return std::nullopt;
  std::string_view unit = trim({parsed.ptr, static_cast<size_t>(end - parsed.ptr)});
  double factor = bare;
  if (!unit.empty()) {
    factor = 0;
    for (const Unit& u : units) {
      if (u.name == unit) factor = u.factor;
    }
    if (factor == 0) return std::nullopt;
  }
  int64_t whole = 0;
  auto exact = std::from_chars(text.data(), parsed.ptr, whole);
  if (exact.ec == std::errc() && exact.ptr == parsed.ptr) {
    int64_t product;
    if (__builtin_mul_overflow(whole, static_cast<int64_t>(factor), &product)) return std::nullopt;
    return product;
  }
  double value = number * factor;
  if (!(std::fabs(value) < 0x1p62)) return std::nullopt;
  return std::llround(value);
}

}  // namespace

double Rate::per_second() const {
  return static_cast<double>(count) * 1e9 / static_cast<double>(period_ns);
}

Result<int64_t> parse_duration(std::string_view text) {
  if (auto ns = parse_quantity(text, kTimeUnits, 1e6)) return *ns;
  return fail(Status::kBadValue, "not a duration");
}

Result<int64_t> parse_bytes(std::string_view text) {
  if (auto bytes = parse_quantity(text, kByteUnits, 1)) return *bytes;
  return fail(Status::kBadValue, "not a size");
}

Result<Rate> parse_rate(std::string_view text) {
  text = trim(text);
  size_t slash = text.find('/');
  std::string_view events = trim(text.substr(0, slash));
  Rate rate{0, 1'000'000'000};
  auto parsed = std::from_chars(events.data(), events.data() + events.size(), rate.count);
  bool whole = parsed.ec == std::errc() && parsed.ptr == events.data() + events.size();
  if (slash != std::string_view::npos) {
    std::string_view period = trim(text.substr(slash + 1));
    bool named = !period.empty() && (period[0] < '0' || period[0] > '9');
    auto ns = parse_duration(named ? "1" + std::string(period) : std::string(period));
    if (!ns || *ns <= 0) return fail(Status::kBadValue, "not a rate");
    rate.period_ns = *ns;
  }
  if (!whole || rate.count <= 0) return fail(Status::kBadValue, "not a rate");
  return rate;
}

}  // namespace og
