// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/number_text.h"
#include "core/base/size_text.h"

namespace og::cli {

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add_bytes(int64_t& sum, int64_t more) { sum = std::min(kMostBytes, sum + more); }

std::string with_commas(int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string fixed(double number, int decimals) {
  if (!std::isfinite(number)) return "-";
  if (std::fabs(number) >= 1e15) return shortest(number);
  // Halves go up, as readers and the report's browser round them, whatever a sum's last bits are.
  const double scale = std::pow(10, decimals);
  number = std::round(std::round(number * scale * 1e6) / 1e6) / scale;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

std::string shortest(double number) { return plain_number(number); }

std::string as_bytes(int64_t bytes) { return size_text(static_cast<uint64_t>(bytes), "B"); }

std::string as_percent(double share) { return fixed(share * 100, 1) + " %"; }

std::string as_duration(int64_t seconds) {
  char text[64];
  const auto clock = [](int64_t s) { return static_cast<int>(s); };
  const int64_t days = seconds / 86400;
  seconds %= 86400;
  std::snprintf(text, sizeof text, "%d:%02d:%02d", clock(seconds / 3600), clock(seconds / 60 % 60),
                clock(seconds % 60));
  return days > 0 ? std::to_string(days) + " d " + text : text;
}

}  // namespace og::cli
