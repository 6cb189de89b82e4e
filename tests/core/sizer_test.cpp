// SPDX-License-Identifier: Apache-2.0
#include "core/scale/sizer.h"

#include <cmath>
#include <random>
#include <string>

#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kStepNs = 60'000'000'000;

std::unique_ptr<Sizer> sizer_at(const std::shared_ptr<Clock>& clock, const char* policy) {
  Config config;
  config.set("policy", policy);
  auto made = Sizer::create(config, clock);
  REQUIRE(made);
  return std::move(*made);
}

// A day and a half of a wave with noise, a minute apart; a kill at noon.
void live(Sizer& sizer, Clock& clock, int minutes, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> noise(0, 1);
  for (int i = 0; i < minutes; ++i) {
    clock.advance(kStepNs);
    const double wave = 1 + std::sin(i * 2 * 3.14159 / 1440);
    CHECK(sizer.observe_cpu(wave + noise(random)) == Status::kOk);
    CHECK(sizer.observe_memory(5e8 * (1 + wave + noise(random))) == Status::kOk);
    if (i == 720) CHECK(sizer.observe_oom(2e9) == Status::kOk);
  }
}

}  // namespace

TEST_CASE("A restarted sizer recommends alike from then on", "[sizer]") {
  const char* policy = GENERATE("vpa", "autopilot");
  auto clock = make_manual_clock(0);
  auto one = sizer_at(clock, policy);
  live(*one, *clock, 1500, 1);
  auto other_clock = make_manual_clock(clock->now());
  auto other = sizer_at(other_clock, policy);
  REQUIRE(other->restore(one->save()));
  for (int i = 0; i < 20; ++i) {
    INFO(i);
    CHECK(one->recommend()->text() == other->recommend()->text());
    CHECK(one->recommend()->confidence == other->recommend()->confidence);
    live(*one, *clock, 20, 100 + static_cast<unsigned>(i));
    live(*other, *other_clock, 20, 100 + static_cast<unsigned>(i));
  }
}

TEST_CASE("A restarted sizer takes back the peak that is passed within its interval", "[sizer]") {
  auto clock = make_manual_clock(0);
  Config config;
  config.set("lower_percentile", "0");
  auto one = Sizer::create(config, clock), other = Sizer::create(config, clock);
  REQUIRE(one);
  REQUIRE(other);
  CHECK((*one)->observe_memory(1e9) == Status::kOk);
  REQUIRE((*other)->restore((*one)->save()));
  for (int i = 0; i < 600; ++i) {
    clock->advance(kStepNs);
    for (auto* each : {&one, &other}) CHECK((**each)->observe_memory(4e9) == Status::kOk);
  }
  CHECK((*other)->recommend()->memory.lower == (*one)->recommend()->memory.lower);
  CHECK((*one)->recommend()->memory.lower > 4e9);
}

TEST_CASE("A state that is not whole is refused, and nothing of it is taken", "[sizer]") {
  auto clock = make_manual_clock(0);
  auto one = sizer_at(clock, "vpa");
  live(*one, *clock, 100, 1);
  const std::string saved = one->save();
  auto other = sizer_at(clock, "vpa");
  for (std::size_t cut = 0; cut < saved.size(); cut += 7) {
    CHECK_FALSE(other->restore(saved.substr(0, cut)));
    std::string damaged = saved;
    damaged[cut] = damaged[cut] == '1' ? '2' : '1';
    CHECK_FALSE(other->restore(damaged));
  }
  CHECK_FALSE(other->recommend());
  CHECK(other->restore(saved));
  CHECK(other->recommend());
}

TEST_CASE("What another policy learned is left out", "[sizer]") {
  auto clock = make_manual_clock(0);
  auto one = sizer_at(clock, "vpa");
  live(*one, *clock, 100, 1);
  auto other = sizer_at(clock, "autopilot");
  REQUIRE(other->restore(one->save()));
  CHECK_FALSE(other->recommend());
}

TEST_CASE("The files of a cgroup round up", "[sizer]") {
  Sizing sizing;
  sizing.cpu = {0.25, 0.5, 1.000001};
  sizing.memory = {1, 4096, 4097};
  CHECK(sizing.cpu_max() == "100001 100000");
  CHECK(sizing.memory_high() == "4096");
  CHECK(sizing.memory_max() == "8192");
  CHECK(sizing.cpu_weight() == 20);  // 1 + 510 * 9999 / 262142
  sizing.cpu = {0, 1, 0.001};
  CHECK(sizing.cpu_max() == "1000 100000");  // the kernel takes no less
  CHECK(sizing.cpu_weight() == 39);          // Kubernetes' of a core
  sizing.cpu = sizing.memory = {NAN, NAN, NAN};
  CHECK(sizing.cpu_max() == "max 100000");
  CHECK(sizing.memory_high() == "max");
  CHECK(sizing.cpu_weight() == 100);
}

}  // namespace og
