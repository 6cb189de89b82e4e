// SPDX-License-Identifier: Apache-2.0
#include "core/scale/sizing.h"

#include <algorithm>
#include <cinttypes>
#include <cmath>

#include "core/scale/text_line.h"

namespace og {
namespace {

constexpr double kPeriodUs = 100'000;  // the kernel's default
constexpr double kLeastQuotaUs = 1000;
constexpr double kPage = 4096;
constexpr double kMib = 1 << 20;

void print_bytes(std::span<char> out, double bytes) {
  TextLine line(out);
  if (std::isnan(bytes)) return line.add("max");
  line.add("%" PRId64, static_cast<int64_t>(std::ceil(bytes / kPage) * kPage));
}

template <std::size_t kSize, class Print>
std::string printed(Print&& print) {
  char text[kSize];
  print(std::span<char>(text));
  return text;
}

}  // namespace

const char* sizing_reason_name(SizingReason reason) {
  constexpr const char* kNames[] = {"observed", "little_history", "out_of_memory", "minimum",
                                    "maximum"};
  const auto at = static_cast<std::size_t>(reason);
  return at < std::size(kNames) ? kNames[at] : "unknown";
}

void Sizing::print_cpu_max(std::span<char> out) const {
  TextLine line(out);
  if (std::isnan(cpu.upper)) return line.add("max %.0f", kPeriodUs);
  line.add("%.0f %.0f", std::max(kLeastQuotaUs, std::ceil(cpu.upper * kPeriodUs)), kPeriodUs);
}

// As Kubernetes makes it of requests (KEP-2254): 1024 shares a core, and the range of shares, 2 to
// 262144, on that of weights, 1 to 10000.
int64_t Sizing::cpu_weight() const {
  if (std::isnan(cpu.target)) return 100;  // the kernel's default
  const double shares = std::clamp(std::floor(cpu.target * 1024), 2.0, 262'144.0);
  return 1 + static_cast<int64_t>((shares - 2) * 9999 / 262'142);
}

void Sizing::print_memory_high(std::span<char> out) const { print_bytes(out, memory.target); }
void Sizing::print_memory_max(std::span<char> out) const { print_bytes(out, memory.upper); }

void Sizing::print(std::span<char> out) const {
  TextLine line(out);
  if (!std::isnan(cpu.target)) {
    line.add("%.3g cores (%.3g to %.3g)", cpu.target, cpu.lower, cpu.upper);
  }
  if (!std::isnan(memory.target)) {
    line.add("%s%.0f MiB (%.0f to %.0f)", std::isnan(cpu.target) ? "" : ", ", memory.target / kMib,
             memory.lower / kMib, memory.upper / kMib);
  }
  constexpr const char* kWhy[] = {"as was observed", "history is short: the bounds are wide",
                                  "raised by an out-of-memory", "held up by a minimum",
                                  "held down by a maximum"};
  line.add(": %s", kWhy[static_cast<std::size_t>(reason)]);
}

std::string Sizing::text() const {
  return printed<kTextSize>([&](auto out) { print(out); });
}
std::string Sizing::cpu_max() const {
  return printed<kFileSize>([&](auto out) { print_cpu_max(out); });
}
std::string Sizing::memory_high() const {
  return printed<kFileSize>([&](auto out) { print_memory_high(out); });
}
std::string Sizing::memory_max() const {
  return printed<kFileSize>([&](auto out) { print_memory_max(out); });
}

}  // namespace og
