// SPDX-License-Identifier: Apache-2.0
// A real log's clients are sources: a tenth of them, grown ten times, varies as all of them do.
#include <array>
#include <cmath>
#include <functional>

#include "bindings/cli/log/merge.h"
#include "bindings/cli/provisioning/superposition.h"
#include "tests/catch.h"

using namespace og::cli;

namespace {

using Loads = std::vector<double>;

constexpr int kTenths = 10;
constexpr int64_t kMinuteS = 60;
constexpr int64_t kDayS = 86'400;
constexpr int64_t kFirstS = 807'256'800;  // 1 August 1995, 02:00 in Florida, as the log begins

// The mean square of what the minutes differ from their level, that of an hour.
double about_the_hour(const Loads& minutes) {
  const auto n = static_cast<int64_t>(minutes.size());
  double squares = 0;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t first = std::max<int64_t>(0, i - 30), last = std::min(n - 1, i + 30);
    double sum = 0;
    for (int64_t at = first; at <= last; ++at) sum += minutes[static_cast<std::size_t>(at)];
    const double off =
        minutes[static_cast<std::size_t>(i)] - sum / static_cast<double>(last - first + 1);
    squares += off * off;
  }
  return squares / static_cast<double>(n);
}

double from_one_to_the_next(const Loads& minutes) {
  double squares = 0;
  for (std::size_t i = 1; i < minutes.size(); ++i) {
    squares += (minutes[i] - minutes[i - 1]) * (minutes[i] - minutes[i - 1]);
  }
  return squares / static_cast<double>(minutes.size() - 1);
}

}  // namespace

TEST_CASE("a tenth of NASA's clients, grown ten times, varies as all of them do") {
  const std::string path = shared_data("nasa-1995-08-01.log.gz");
  if (path.empty()) return;
  auto log = LogMerge::open({path}, false);
  REQUIRE(log);
  Loads all(kDayS / kMinuteS);
  std::array<Loads, kTenths> tenths;
  tenths.fill(all);
  std::size_t last = 0;
  for (;;) {
    const auto record = log->next();
    REQUIRE(record);
    if (*record == nullptr) break;
    const int64_t second = (*record)->epoch_s - kFirstS;
    if (second < 0 || second >= kDayS) continue;
    const auto minute = static_cast<std::size_t>(second / kMinuteS);
    uint64_t hash = 14695981039346656037U;  // FNV-1a, the same everywhere
    for (const char c : (*record)->client) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    ++all[minute];
    ++tenths[(hash >> 32) % kTenths][minute];
    last = std::max(last, minute);
  }
  all.resize(last + 1);  // to where the log ends
  REQUIRE(last > 700);

  using Noise = double (*)(const Loads&);
  for (const Noise noise : {&from_one_to_the_next, &about_the_hour}) {
    double grown = 0, copies = 0;
    for (Loads& tenth : tenths) {
      tenth.resize(all.size());
      grown += noise(superposed(tenth, kTenths, kLevelReachS / kMinuteS)) / kTenths;
      copies += noise(copied(tenth, kTenths, 1)) / kTenths;
    }
    INFO("of " << std::sqrt(noise(all)) << ", superposed " << std::sqrt(grown) << ", copied "
               << std::sqrt(copies));
    CHECK(std::sqrt(grown / noise(all)) == Approx(1).epsilon(0.1));
    CHECK(std::sqrt(copies / noise(all)) > 2.5);
  }
}
