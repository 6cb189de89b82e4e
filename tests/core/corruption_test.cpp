// SPDX-License-Identifier: Apache-2.0
// A segment whose bytes somebody changes while it is in use: no call reads or writes outside it,
// crashes or loops for ever. Outside the mapping lie pages that end the process; outside an object,
// others that must stay as they are, and that AddressSanitizer guards against reading too.
#include "tests/core/corruption.h"

#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "core/guard/breaker.h"
#include "core/inspect/host_faults.h"
#include "core/inspect/host_report.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/observe/slo.h"
#include "tests/core/host_processes.h"
#include "tests/sanitizers.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, bytes) ((void)(memory))
#define ASAN_UNPOISON_MEMORY_REGION(memory, bytes) ((void)(memory))
#endif

namespace og {
namespace {

using test::Scribbler;
using test::SegmentName;
using test::Watchdog;

constexpr uint32_t kGuardKind = 99;
constexpr int64_t kGuardBytes = 4096, kSegmentBytes = 1 << 20;

struct Area {
  void* memory;
  uint64_t bytes;
};

// Every noun in one segment, each between objects that are nobody's.
class Bench {
 public:
  Bench()
      : segment_(test::attach({.name = name_.text,
                               .bytes = kSegmentBytes,
                               .objects = 24,
                               .attachments = 16,
                               .mode = 0600})) {
    guard();
    for (const char* policy : {"token_bucket", "sliding_window", "fixed_window", "sliding_counter",
                               "warm_up", "calendar_window", "count_min"}) {
      const bool of_calendar = policy == std::string("calendar_window");
      Config config;
      config.set("policy", policy);
      config.set("rate", of_calendar ? "3/month" : "3/s");
      const bool of_sketch = policy == std::string("count_min");
      config.set_int(of_sketch ? "sketch_width" : "keys", 16);
      limiters_.push_back(make<Limiter>(policy, config, of_calendar ? wall_clock() : clock_));
    }
    Config reserving;
    reserving.set("rate", "3/s");
    reserving.set_int("keys", 16);
    reserving.set_int("reservations", 8);
    reserving_ = make<Limiter>("reserving", reserving, clock_);
    Config config;
    config.set_int("failure_threshold", 2);
    config.set("open_ms", "1us");
    config.set_int("half_open_permits", 3);
    breaker_ = make<Breaker>("breaker", config, clock_);
    Config few;
    few.set_int("series", 8);
    slo_ = make<Slo>("slo", {}, clock_);
    metrics_ = *Metrics::create(few, Place(segment_, "metrics"));
    guard();
    for (const Segment::ObjectInfo& object : segment_->objects()) {
      if (object.kind == kGuardKind) continue;
      auto found = test::object_of(segment_, object);
      areas_.push_back({found->memory, static_cast<uint64_t>(object.bytes)});
    }
  }
  ~Bench() { guard_from_reading(false); }

  const std::vector<Area>& areas() const { return areas_; }
  // All of the segment; its head is in its first page.
  Area whole() const {
    auto* first = static_cast<char*>(guards_.front());
    const auto offset = static_cast<int64_t>(objects_begin());
    return {first - offset, static_cast<uint64_t>(segment_->bytes())};
  }
  void guard_from_reading(bool on) {
    for (void* memory : guards_) {
      if (on)
        ASAN_POISON_MEMORY_REGION(memory, kGuardBytes);
      else
        ASAN_UNPOISON_MEMORY_REGION(memory, kGuardBytes);
    }
  }
  bool guards_stand() const {
    for (void* memory : guards_) {
      const auto* bytes = static_cast<const unsigned char*>(memory);
      for (int64_t i = 0; i < kGuardBytes; ++i) {
        if (bytes[i] != 0xA5) return false;
      }
    }
    return true;
  }

  // One call of a kind that draw picks; false when it answered what no caller could make sense of.
  bool call(uint64_t draw, Watchdog& watchdog, int heart) {
    const std::string key = "key-" + std::to_string(draw / 16 % 40);
    Limiter& limiter = *limiters_[draw / 8 % limiters_.size()];
    const int64_t now = clock_->now();
    switch (draw % 8) {
      case 0:
      case 1: {
        watchdog.beat(heart, "acquire");
        return makes_sense(limiter.acquire(key, 1 + static_cast<int64_t>(draw / 64 % 3)));
      }
      case 2: {
        watchdog.beat(heart, "acquire_detailed");
        Standing standing;
        const int64_t wait = limiter.acquire_detailed(key, 1, standing);
        return makes_sense(wait) && standing.remaining <= standing.limit &&
               standing.remaining >= 0 && standing.reset_after >= 0 && standing.next_after >= 0 &&
               standing.next_after <= standing.reset_after;
      }
      case 3: {
        watchdog.beat(heart, "peek");
        return makes_sense(limiter.peek(key, 1)) && reserves(key, static_cast<int64_t>(draw >> 8));
      }
      case 4:
      case 5: {
        watchdog.beat(heart, "breaker");
        const int64_t permit = breaker_->enter();
        if (permit > 0)
          (void)(draw / 8 % 4 == 0 ? breaker_->cancel(permit)
                                   : breaker_->exit(permit, draw / 8 % 4 != 1));
        // 0: the word is of a generation that never was.
        return (permit >= 0 || permit == static_cast<int64_t>(Status::kRefused)) &&
               breaker_->retry_after_at(now) >= 0;
      }
      case 6: {
        watchdog.beat(heart, "metrics");
        using Kind = OwnSeries::Kind;
        auto series = metrics_->own().define(
            Kind::kCounter, "calls_" + std::to_string(draw / 8 % 6) + "_total", "", "");
        if (series) (void)metrics_->own().increment(*series, 1);
        auto seconds = metrics_->own().define(Kind::kHistogram, "call_seconds", "", "");
        if (seconds) (void)metrics_->own().observe(*seconds, static_cast<int64_t>(draw >> 8));
        return true;
      }
      default:
        return look(draw / 8, watchdog, heart);
    }
  }

  // What is asked of the segment itself, and by those who look after it.
  bool look(uint64_t draw, Watchdog& watchdog, int heart) {
    switch (draw % 9) {
      case 0:
        watchdog.beat(heart, "host_report");
        return !host_report(segment_, true).empty();
      case 1:
        watchdog.beat(heart, "host_faults");
        return host_faults(segment_).has_value();
      case 2:
        watchdog.beat(heart, "render");
        (void)metrics_->render();
        return true;
      case 3:
        watchdog.beat(heart, "is_alive");
        (void)segment_->is_alive(draw * 0x9e3779b97f4a7c15u);
        return segment_->is_alive(segment_->owner());
      case 4:
        watchdog.beat(heart, "attachments");
        return !segment_->attachments().empty();
      case 5: {
        watchdog.beat(heart, "usage");
        const auto usage = segment_->usage();
        return usage.bytes_left >= 0 && usage.bytes_left <= segment_->bytes();
      }
      case 6:
        watchdog.beat(heart, "inspect");
        (void)Segment::inspect(name_.text);
        return true;
      case 7:
        watchdog.beat(heart, "slo");
        (void)slo_->state();
        (void)slo_->reason();
        return slo_->bad(1) == Status::kOk && slo_->budget_left() <= 1;
      default:
        watchdog.beat(heart, "object");
        (void)segment_->object({7, "more-" + std::to_string(draw / 8 % 4), "size=64", 64});
        return true;
    }
  }

 private:
  bool reserves(const std::string& key, int64_t actual) {
    const int64_t reservation = reserving_->reserve(key, 2, 0);
    if (reservation > 0) (void)reserving_->settle(reservation, actual);
    (void)reserving_->reserved(Limiter::Reserved::kAmount);
    return reservation > 0 || makes_sense(reservation) ||
           reservation == static_cast<int64_t>(Status::kDenied);
  }
  static bool makes_sense(int64_t wait) {
    return wait >= 0 || wait == static_cast<int64_t>(Status::kInvalidArgument);
  }
  uint64_t objects_begin() const {
    SegmentShape shape{};
    shape.attachments = 16;
    shape.objects = 24;
    return objects_offset(shape);
  }

  void guard() {
    const std::string name = "guard-" + std::to_string(guards_.size());
    guards_.push_back(segment_->object({kGuardKind, name, "", kGuardBytes})->memory);
    std::memset(guards_.back(), 0xA5, kGuardBytes);
  }
  template <class Noun>
  std::unique_ptr<Noun> make(const char* name, const Config& config, ClockPtr clock) {
    auto made = Noun::create(config, std::move(clock), Place(segment_, name));
    if (!made) FAIL(made.error().message);
    guard();
    return std::move(*made);
  }

  SegmentName name_;
  const ClockPtr clock_ = system_clock();
  std::shared_ptr<Segment> segment_;
  std::vector<std::unique_ptr<Limiter>> limiters_;
  std::unique_ptr<Limiter> reserving_;
  std::unique_ptr<Breaker> breaker_;
  std::unique_ptr<Slo> slo_;
  std::shared_ptr<Metrics> metrics_;
  std::vector<void*> guards_;
  std::vector<Area> areas_;
};

// ./dev stress asks for more.
int64_t effort() {
  const char* text = std::getenv("OUTGROW_EFFORT");
  return text ? std::atoll(text) : 1;
}

}  // namespace

TEST_CASE("corruption: objects whose words change between calls") {
  int64_t senseless = 0;
  for (uint64_t seed = 1; seed <= static_cast<uint64_t>(20 * effort()); ++seed) {
    Bench bench;
    Watchdog watchdog;
    Scribbler scribbler(seed);
    bench.guard_from_reading(true);
    for (int i = 0; i < 2000; ++i) {
      for (uint64_t n = scribbler.below(3); n > 0; --n) {
        const Area& area = bench.areas()[scribbler.below(bench.areas().size())];
        // Mostly near the start, where the words lie that all calls use.
        scribbler.scribble(area.memory,
                           scribbler.below(2) ? area.bytes : std::min<uint64_t>(area.bytes, 1024));
      }
      senseless += !bench.call(scribbler.below(~uint64_t{0}), watchdog, 0);
    }
    bench.guard_from_reading(false);
    REQUIRE(bench.guards_stand());
  }
  CHECK(senseless == 0);
}

TEST_CASE("corruption: a segment whose words change between calls, wherever they are") {
  for (uint64_t seed = 1; seed <= static_cast<uint64_t>(20 * effort()); ++seed) {
    Bench bench;
    Watchdog watchdog;
    Scribbler scribbler(seed);
    const Area whole = bench.whole();
    for (int i = 0; i < 1000; ++i) {
      for (uint64_t n = scribbler.below(3); n > 0; --n) {
        scribbler.scribble(whole.memory, scribbler.below(2) ? whole.bytes : 8192);
      }
      const uint64_t draw = scribbler.below(~uint64_t{0});
      (void)(scribbler.below(2) ? bench.call(draw, watchdog, 0) : bench.look(draw, watchdog, 0));
    }
  }
}

TEST_CASE("corruption: threads use what another scribbles over") {
  Bench bench;
  Watchdog watchdog;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int heart = 0; heart < 3; ++heart) {
    threads.emplace_back([&, heart] {
      Random random(static_cast<uint64_t>(heart) + 1);
      while (!stop.load(std::memory_order_relaxed))
        (void)bench.call(random.next(), watchdog, heart);
      watchdog.rest(heart);
    });
  }
  Scribbler scribbler(5);
  const Area whole = bench.whole();
  const int64_t end = monotonic_ns() + 500'000'000 * effort();
  int64_t scribbles = 0;
  for (; monotonic_ns() < end; ++scribbles) {
    const Area& area = bench.areas()[scribbler.below(bench.areas().size())];
    if (scribbler.below(16) == 0)
      scribbler.scribble(whole.memory, whole.bytes);
    else
      scribbler.scribble(area.memory, std::min<uint64_t>(area.bytes, 1024));
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(scribbles > 1000);
}

TEST_CASE("corruption: a window log that is said to have no room has some") {
  REQUIRE(WindowLog<>::tag_mask(0) == WindowLog<>::tag_mask(1));
  const SegmentName name;
  auto segment = test::attach(name.settings());
  Config config;
  config.set("rate", "2/s");
  config.set("policy", "sliding_window");
  config.set("keys", "4");
  const Place place(segment, "logins");
  auto limiter = Limiter::create(config, make_manual_clock(0), place).value();
  auto opened = segment->open(CellKind::kLimiter, "logins", {3, 2, 2});
  LimitEpochs<>((**opened).own).begin({}, 0);
  auto other = Limiter::create(config, make_manual_clock(0), place).value();
  for (int i = 0; i < 4; ++i) REQUIRE(other->acquire("u", 1) >= 0);
}

}  // namespace og
