// SPDX-License-Identifier: Apache-2.0
// Keys that warm up, of eight processes: one store and one next free time for all.
#include <algorithm>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/core/host_processes.h"
#include "tests/core/warm_up_model.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::SegmentName;
using test::start;
using test::WarmModel;

constexpr int kProcesses = 8, kEach = 100;
constexpr int64_t kSecond = 1'000'000'000;

std::unique_ptr<Limiter> make(const SegmentName& name) {
  Config config;
  config.set("rate", "100/s");
  config.set("policy", "warm_up");
  config.set_int("keys", 64);
  auto segment = Segment::attach(name.settings(64 << 20));
  if (!segment) FAIL(segment.error().message);
  auto made = Limiter::create(config, make_manual_clock(0), Place(*segment, "api"));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

struct Shared {
  int64_t turns[kProcesses][kEach] = {};
};

}  // namespace

TEST_CASE("limiter warm_up: eight processes get the turns that one would, each once") {
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(start([&, i] {
      auto limiter = make(name);
      for (int64_t& turn : shared->turns[i]) {
        Slot slot;
        if (limiter->reserve_slot_at("key", 1, kNeverPasses, 0, slot) != 0) return 1;
        turn = slot.number;
      }
      return 0;
    }));
  }
  for (pid_t child : children) CHECK(test::wait_for(child) == 0);
  std::vector<int64_t> got, wanted;
  for (const auto& turns : shared->turns) {
    CHECK(std::is_sorted(std::begin(turns), std::end(turns)));
    got.insert(got.end(), std::begin(turns), std::end(turns));
  }
  std::sort(got.begin(), got.end());
  WarmUpUnits units;
  REQUIRE(WarmUpUnits::create({100, kSecond}, 10 * kSecond, 3, 0, units));
  WarmModel model{{100, kSecond, 10 * kSecond, 3000}, units.time_bits(), units.permit_bits()};
  for (int i = 0; i < kProcesses * kEach; ++i) {
    wanted.push_back(model.wait(0));
    model.take(0, 1);
  }
  CHECK(got == wanted);
  CHECK(make(name)->faults().empty());
}

}  // namespace og
