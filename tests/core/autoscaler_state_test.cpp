// SPDX-License-Identifier: Apache-2.0
// What an autoscaler knows, as text: another that takes them goes on as it would have.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/scale/autoscaler.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;

using Given = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<Autoscaler> make(const Given& options, ClockPtr clock = make_manual_clock()) {
  Config config;
  for (const auto& [name, value] : options) config.set(name, value);
  auto made = Autoscaler::create(config, std::move(clock));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// A day's curve with noise, bursts, outages of the exporter, of a dependency and of what calls.
class Day {
 public:
  explicit Day(unsigned seed) : random_(seed) {}

  void feed(Autoscaler& a, int64_t now, int32_t serving) const {
    if (is_silent_ || is_skipped_) return;
    ScalingMetrics m;
    m[Metric::kCpuUtilization] = std::min(100.0, 100 * load_ / std::max(serving, 1));
    m[Metric::kRequestRate] = 1000 * load_;
    m[Metric::kMemoryUtilization] = 20;
    m[Metric::kResponseTime] = load_ > serving ? 3000 : 150;
    m[Metric::kErrorRate] = fails_ ? 30 : 0;
    REQUIRE(a.observe_at(m, now) == Status::kOk);
  }
  void go_on(int64_t now) {
    const double hour = static_cast<double>(now % (24 * kHour)) / static_cast<double>(kHour);
    const double level = 4 - 3 * std::cos(hour * 0.2618);
    load_ = std::max(0.0, level + std::normal_distribution<>(0, 0.3)(random_)) *
            (draw(300) == 0 ? 2 : 1) * (is_cut_off_ ? 0.02 : 1);
    is_skipped_ = draw(3) == 0;
    if (draw(is_silent_ ? 30 : 300) == 0) is_silent_ = !is_silent_;
    if (draw(fails_ ? 10 : 300) == 0) fails_ = !fails_;
    is_cut_off_ = now > kUsualFor && now % (3 * kHour) < 40 * kMinute;
  }

 private:
  static constexpr int64_t kUsualFor = 60 * kHour;

  uint64_t draw(uint64_t bound) { return random_() % bound; }

  std::mt19937_64 random_;
  double load_ = 1;
  bool is_silent_ = false, is_skipped_ = false, fails_ = false, is_cut_off_ = false;
};

const std::vector<Given> kKinds = {
    {{"policy", "demand"}, {"initial_instances", "2"}, {"max_instances", "40"}},
    {{"policy", "proportional"},
     {"initial_instances", "2"},
     {"max_instances", "40"},
     {"max_step_period_ms", "600000"}},
    {{"policy", "proportional"}, {"initial_instances", "2"}, {"scale_down_window_ms", "0"}},
    {{"policy", "step"}, {"initial_instances", "2"}, {"max_instances", "40"}},
    {{"policy", "demand"},
     {"initial_instances", "2"},
     {"predictor", "seasonal"},
     {"warmup_ms", "3600000"},
     {"max_instances", "40"}},
    {{"policy", "step"},
     {"initial_instances", "2"},
     {"predictor", "linear"},
     {"max_instances", "40"}},
    {{"policy", "proportional"},
     {"initial_instances", "2"},
     {"predictor", "pool"},
     {"warmup_ms", "3600000"},
     {"max_instances", "40"}},
};

bool is_seasonal(const Given& options) {
  return std::find(options.begin(), options.end(), Given::value_type{"predictor", "seasonal"}) !=
         options.end();
}

}  // namespace

TEST_CASE("autoscaler state: one that is started anew each time decides as one that goes on") {
  for (std::size_t kind = 0; kind < 2 * kKinds.size(); ++kind) {
    CAPTURE(kind);
    const Given& options = kKinds[kind / 2];
    const int64_t every = kind % 2 ? 15 * kSecond : kMinute;
    auto whole = make(options), anew = make(options);
    Day day(static_cast<unsigned>(kind));
    int64_t changes = 0, outages = 0;
    for (int64_t now = 0; now < 100 * kHour; now += every) {
      CAPTURE(now);
      day.go_on(now);
      const int32_t serving = *whole->instances();
      for (Autoscaler* each : {whole.get(), anew.get()}) day.feed(*each, now, serving);
      const auto a = whole->decide_at(now), b = anew->decide_at(now);
      REQUIRE(a->text() == b->text());
      changes += a->action() != ScaleAction::kHold;
      outages += a->reason == ScaleReason::kOutage;
      const std::string saved = anew->save();
      anew = make(options, make_manual_clock(now));
      REQUIRE(anew->restore(saved));
      const bool is_same = anew->save() == saved;
      REQUIRE(is_same);
      REQUIRE(saved.size() <= 32 << 10);
    }
    REQUIRE(changes > 20);
    if (every == kMinute && is_seasonal(options)) REQUIRE(outages > 20);
  }
}

TEST_CASE("autoscaler state: what is advised is what would be decided, and nothing comes of it") {
  for (const Given& options : kKinds) {
    auto a = make(options);
    Day day(7);
    int64_t differ = 0;
    for (int64_t now = 0; now < 30 * kHour; now += kMinute) {
      day.go_on(now);
      day.feed(*a, now, *a->instances());
      const std::string before = a->save();
      const int64_t kept = a->history_end();
      for (int i = 0; i < 3; ++i) {
        const auto advice = a->advise_at(now + i * kMinute);
        REQUIRE(advice);
        differ += advice->desired != advice->previous;
      }
      const bool is_untouched = a->save() == before;
      REQUIRE(is_untouched);
      REQUIRE(a->history_end() == kept);
      const auto advice = a->advise_at(now), decision = a->decide_at(now);
      REQUIRE(advice->text() == decision->text());
    }
    REQUIRE(differ > 10);
  }
  const auto unknown = make({})->advise_at(0);
  REQUIRE_FALSE(unknown);
  REQUIRE(unknown.error().code == Status::kNone);
}

TEST_CASE("autoscaler state: times are as old as they were, by whatever clock") {
  const Given options = {{"initial_instances", "2"}, {"scale_up_cooldown_ms", "600000"}};
  const auto since = [](const Result<ScaleDecision>& decision) {
    REQUIRE(decision->reason == ScaleReason::kCooldown);
    return decision->value;
  };
  const auto busy = [](Autoscaler& a, int64_t now) {
    REQUIRE(a.observe_at(Metric::kCpuUtilization, 95, now) == Status::kOk);
    return a.decide_at(now);
  };
  SECTION("a wall clock's, and one of the machine's start") {
    const ClockPtr wall = wall_clock(), machine = make_monotonic_clock();
    auto saved = make(options, wall), restored = make(options, machine);
    REQUIRE(busy(*saved, wall->now())->action() == ScaleAction::kUp);
    REQUIRE(restored->restore(saved->save()));
    CHECK(since(busy(*restored, machine->now() + 100 * kSecond)) == Approx(100).margin(20));
  }
  SECTION("what was before the clock began is at its beginning") {
    auto saved = make(options), restored = make(options);
    REQUIRE(busy(*saved, 100 * kSecond)->action() == ScaleAction::kUp);
    REQUIRE(restored->restore(saved->save()));  // whose clock stands at 0
    CHECK(since(busy(*restored, 30 * kSecond)) == 30);
  }
  SECTION("nothing is of the future") {
    const auto early = make_manual_clock(50 * kSecond);
    auto saved = make(options), restored = make(options, early);
    REQUIRE(busy(*saved, 100 * kSecond)->action() == ScaleAction::kUp);
    REQUIRE(restored->restore(saved->save()));
    CHECK(since(busy(*restored, 60 * kSecond)) == 10);
  }
}

TEST_CASE("autoscaler state: of another policy and predictor, the count and the times are taken") {
  auto saved = make(kKinds[0]);
  REQUIRE(saved->observe_at(Metric::kCpuUtilization, 100, kMinute) == Status::kOk);
  REQUIRE(saved->decide_at(kMinute)->desired == 4);
  auto other = make(kKinds[5], make_manual_clock(kMinute));
  REQUIRE(other->restore(saved->save()));
  CHECK(other->instances() == 4);
  CHECK(other->decide_at(2 * kMinute)->desired == 5);
}

TEST_CASE("autoscaler state: what is damaged is refused, and nothing of it is taken") {
  auto a = make(kKinds[4]);
  Day day(3);
  for (int64_t now = 0; now < 3 * kHour; now += kMinute) {
    day.go_on(now);
    day.feed(*a, now, 3);
    REQUIRE(a->decide_at(now));
  }
  const std::string saved = a->save();
  auto b = make(kKinds[4], make_manual_clock(3 * kHour));
  const std::string before = b->save();
  const auto refused = [&](const std::string& bytes, const char* why) {
    const auto done = b->restore(bytes);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Status::kBadValue);
    CHECK(done.error().message == std::string("this is no autoscaler's state: ") + why);
  };
  for (std::size_t i = 9; i < saved.size(); ++i) {
    std::string bytes = saved;
    bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
    refused(bytes, "it is damaged");
  }
  for (std::size_t size = 26; size < saved.size(); ++size)
    refused(saved.substr(0, size), "it is damaged");
  refused("", "it is too short");
  refused("outgrow", "it is too short");
  refused("x" + saved, "it begins otherwise");
  refused(saved.substr(0, 7) + "2" + saved.substr(8), "another version wrote it");
  const bool is_untouched = b->save() == before;
  CHECK(is_untouched);
  REQUIRE(b->restore(saved));
  const bool is_same = b->save() == saved;
  CHECK(is_same);
}

}  // namespace og
