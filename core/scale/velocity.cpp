// SPDX-License-Identifier: Apache-2.0
#include "core/scale/velocity.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/quantity.h"
#include "core/base/trimmed.h"

namespace og {
namespace {

constexpr double kMostCount = 1 << 30;
constexpr double kSlack = 1e-9;
constexpr int64_t kLongestPeriodNs = 86'400'000'000'000;

}  // namespace

Result<Velocity> Velocity::parse(std::string_view option, std::string_view text) {
  const auto bad = [&](const std::string& what) {
    return fail(Status::kBadValue, std::string(option) + ": " + what, std::string(option));
  };
  Velocity velocity;
  std::string_view rest = trimmed(text);
  if (rest == "disabled") {
    velocity.disabled_ = true;
    return velocity;
  }
  if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
    const std::string_view word = trimmed(rest.substr(0, colon));
    if (word != "min" && word != "max") {
      return bad("\"" + std::string(word) + "\" is not min or max");
    }
    velocity.narrowest_ = word == "min";
    rest.remove_prefix(colon + 1);
    if (trimmed(rest).empty()) return bad("it bounds nothing");
  }
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const std::string_view one = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto slash = one.find('/');
    if (slash == std::string_view::npos) {
      return bad("\"" + std::string(one) + "\" is no bound such as 4/15s or 50%/1m");
    }
    std::string_view amount = trimmed(one.substr(0, slash));
    const bool percent = amount.ends_with('%');
    if (percent) amount.remove_suffix(1);
    const auto number = parse_double(amount);
    const auto period = parse_duration(one.substr(slash + 1));
    if (!number || !(*number >= 0 && *number <= 1e6)) {
      return bad("\"" + std::string(amount) + "\" is not 0 to 1000000");
    }
    if (!percent && *number != std::floor(*number)) {
      return bad("\"" + std::string(amount) + "\" are no whole instances");
    }
    if (!period || *period <= 0 || *period > kLongestPeriodNs) {
      return bad("\"" + std::string(one.substr(slash + 1)) + "\" is no time of up to a day");
    }
    if (velocity.bounds_.size() == kMostBounds) return bad("8 bounds are the most");
    velocity.bounds_.push_back({*number, percent, *period});
  }
  return velocity;
}

int64_t Velocity::longest_period_ns() const {
  int64_t longest = 0;
  for (const Bound& each : bounds_) longest = std::max(longest, each.period_ns);
  return longest;
}

// `sign`: 1 on the way up. `moved`: where a bound lets the count of a period ago go.
template <class Moved>
Velocity::Limit Velocity::limit(int32_t current, int64_t now, const RecentChanges& changes,
                                int sign, Moved&& moved) const {
  Limit best{current, 0, 0};
  bool first = true;
  for (const Bound& bound : bounds_) {
    const int64_t net = changes.net(now, bound.period_ns);
    const double before = static_cast<double>(current - net);
    const double to = std::clamp(moved(bound, before), 0.0, kMostCount);
    const Limit one{static_cast<int32_t>(to), std::max<int64_t>(sign * net, 0),
                    sign * (to - before)};
    const bool wider = sign * one.count > sign * best.count;
    if (first || wider != narrowest_) best = one;
    first = false;
  }
  best.count = sign > 0 ? std::max(best.count, current) : std::min(best.count, current);
  return best;
}

Velocity::Limit Velocity::highest(int32_t current, int64_t now,
                                  const RecentChanges& changes) const {
  return limit(current, now, changes, 1, [](const Bound& bound, double before) {
    if (!bound.percent) return before + bound.amount;
    return std::ceil(before * (1 + bound.amount / 100) - kSlack);
  });
}

Velocity::Limit Velocity::lowest(int32_t current, int64_t now, const RecentChanges& changes) const {
  return limit(current, now, changes, -1, [](const Bound& bound, double before) {
    if (!bound.percent) return before - bound.amount;
    return std::floor(before * (1 - bound.amount / 100) + kSlack);
  });
}

}  // namespace og
