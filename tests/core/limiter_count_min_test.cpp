// SPDX-License-Identifier: Apache-2.0
// A limiter whose keys are counted in a sketch, beside exact counts.
#include <atomic>
#include <cmath>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/limit/acquire_all.h"
#include "tests/core/host_processes.h"
#include "tests/core/window_models.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using namespace test;

Config sketch(const std::string& rate, int64_t width, int64_t depth = 4, int64_t seed = 1) {
  Config config;
  config.set("rate", rate);
  config.set("policy", "count_min");
  config.set_int("sketch_width", width);
  config.set_int("sketch_depth", depth);
  config.set_int("seed", seed);
  return config;
}
std::unique_ptr<Limiter> make(const Config& config, ClockPtr clock = make_manual_clock(0)) {
  auto made = Limiter::create(config, std::move(clock));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}
std::string refused(const Config& config) {
  auto made = Limiter::create(config, make_manual_clock(0));
  return made ? "" : made.error().option + ": " + made.error().message;
}
int64_t left(Limiter& limiter, const std::string& key, int64_t now) {
  Standing standing;
  limiter.standing_at(key, now, standing);
  return standing.remaining;
}

struct Shared {
  std::atomic<int64_t> passed[100]{};
  std::atomic<bool> stop{false};
};

}  // namespace

TEST_CASE("limiter count_min: few keys in a wide sketch are counted exactly, by fixed windows") {
  int64_t wrong = 0, passed = 0, denied = 0;
  for (int seed = 1; seed <= 30; ++seed) {
    static constexpr int64_t kPeriods[] = {kSecond, kSecond / 4, 60 * kSecond, 1000};
    Schedule random{std::mt19937_64(static_cast<uint64_t>(seed)),
                    seed % 2 ? 0 : 1'764'000'000 * kSecond + 5, 1};
    const int64_t count = 1 + random.draw(30), period = kPeriods[random.draw(4)];
    random.step = 1 + period / count;
    auto limiter = make(sketch(text_of(count, period), 1 << 16));
    const int64_t begin = random.now;
    limiter->acquire_at("start", 1, begin);
    std::map<std::string, FixedModel> models;
    for (int step = 0; step < 3000; ++step) {
      const int64_t now = random.next();
      const std::string key(1, static_cast<char>('a' + random.draw(4)));
      const int64_t cost = random.draw(4) ? 1 : 1 + random.draw(count);
      FixedModel& model = models.try_emplace(key, FixedModel{{count, period, begin}}).first->second;
      const int64_t wait = model.wait(now, cost);
      wrong += limiter->peek_at(key, cost, now) != wait;
      wrong += limiter->acquire_at(key, cost, now) != wait;
      if (wait == 0) model.take(now, cost);
      wrong += left(*limiter, key, now) != count - model.used(now);
      ++(wait == 0 ? passed : denied);
    }
  }
  CHECK(wrong == 0);
  CHECK(passed > 10'000);
  CHECK(denied > 10'000);
}

// Of N let through a window, with width w and depth d: e * N / w or more too many for one key in
// e^d at most. Keys are skewed, as those of clients are, and cost differently.
TEST_CASE("limiter count_min: no key has more than its count, and the error is what is stated") {
  for (const int64_t depth : {1, 2, 4}) {
    constexpr int64_t kWidth = 256, kCount = 400, kKeys = 3000;
    int64_t over = 0, too_high = 0, asked = 0, early = 0, unfounded = 0;
    for (int64_t seed = 1; seed <= 20; ++seed) {
      auto limiter = make(sketch("400/s", kWidth, depth, seed));
      std::mt19937_64 random(static_cast<uint64_t>(seed));
      for (int64_t window = 0; window < 2; ++window) {
        std::map<std::string, int64_t> exact;
        int64_t all = 0;
        const int64_t now = window * kSecond + 7;
        for (int i = 0; i < 10'000; ++i) {
          const auto rank = static_cast<int64_t>(
              std::pow(static_cast<double>(kKeys), static_cast<double>(random() % 1000) / 1000));
          const std::string key = "key-" + std::to_string(rank);
          const auto cost = static_cast<int64_t>(1 + random() % 3);
          const int64_t counted = kCount - left(*limiter, key, now);
          unfounded += counted < exact[key];
          if (limiter->acquire_at(key, cost, now) == 0) {
            exact[key] += cost;
            all += cost;
            unfounded += counted + cost > kCount;
          } else {
            early += exact[key] + cost <= kCount;
            unfounded += counted + cost <= kCount;
          }
          over += exact[key] > kCount;
        }
        for (int64_t i = 0; i < kKeys; ++i) {
          const std::string key = "key-" + std::to_string(i);
          const int64_t error = kCount - left(*limiter, key, now) - exact[key];
          unfounded += error < 0;
          too_high +=
              static_cast<double>(error) > std::exp(1.0) * static_cast<double>(all) / kWidth;
          ++asked;
        }
      }
    }
    INFO("depth " << depth << ": " << too_high << " of " << asked << ", early " << early);
    CHECK(over == 0);
    CHECK(unfounded == 0);
    CHECK(static_cast<double>(too_high) <=
          static_cast<double>(asked) * std::exp(static_cast<double>(-depth)));
    if (depth == 1) CHECK(early > 0);
    if (depth == 1) CHECK(too_high > 0);
  }
}

// A scan of addresses: each asks once, all in one window. 100 who are let through ten times each do
// not notice.
TEST_CASE("limiter count_min: ten million keys in fixed memory, and others are served meanwhile") {
  constexpr int64_t kFlood = 10'000'000, kWidth = 1 << 19;
  auto clock = make_manual_clock(0);
  auto limiter = make(sketch("100/min", kWidth), clock);
  const int64_t memory = limiter->memory_bytes();
  CHECK(memory >= kWidth * 4 * 8);
  CHECK(memory <= kWidth * 4 * 8 + 20 * 1024);
  int64_t served = 0, refused = 0;
  uint64_t address[2] = {0x20010db8, 0};
  for (int64_t i = 0; i < kFlood; ++i) {
    address[1] = static_cast<uint64_t>(i);
    limiter->acquire({reinterpret_cast<const char*>(address), sizeof address}, 1);
    if (i % (kFlood / 1000) == 0) {
      const std::string key = "user-" + std::to_string(i / (kFlood / 1000) % 100);
      ++(limiter->acquire(key, 1) == 0 ? served : refused);
    }
  }
  CHECK(served == 1000);
  CHECK(refused == 0);
  CHECK(limiter->memory_bytes() == memory);
  CHECK(limiter->crowded_out() == 0);
  // By the bound 98 of 100 count 52 too many or fewer. It is about a fifth of that.
  int64_t most = 0;
  for (int i = 0; i < 100; ++i)
    most = std::max(most, 90 - left(*limiter, "user-" + std::to_string(i), 0));
  CHECK(most <= 15);
  CHECK(most >= 1);
  // The next window has nothing of it.
  clock->advance(60 * kSecond);
  CHECK(left(*limiter, "user-1", clock->now()) == 100);
  CHECK(limiter->keys_in_use() == 0);
}

TEST_CASE("limiter count_min: keys in use are told about") {
  auto limiter = make(sketch("100/min", 1 << 14));
  CHECK(limiter->keys_in_use() == 0);
  for (int i = 0; i < 10'000; ++i) limiter->acquire(std::to_string(i), 3);
  for (int i = 0; i < 10'000; ++i) limiter->acquire(std::to_string(i), 101);
  // Linear counting: a standard error of sqrt(m * (e^t - t - 1)) / (t * m), t = n / m: under 1 %.
  CHECK(std::abs(limiter->keys_in_use() - 10'000) < 300);
}

TEST_CASE("limiter count_min: eight threads never have more than a key's count, with changes") {
  constexpr size_t kKeys = 50;
  auto clock = make_manual_clock(0);
  auto limiter = make(sketch("20/s", 16, 2), clock);
  std::atomic<int64_t> passed[kKeys]{};
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937_64 random(thread);
      for (int i = 0; i < 5000; ++i) {
        const size_t key = random() % (thread % 2 ? kKeys : 2);
        const auto cost = static_cast<int64_t>(1 + random() % 2);
        if (limiter->acquire(std::to_string(key), cost) == 0) passed[key] += cost;
        if (thread == 0 && i % 500 == 250) {
          Config to;
          to.set("rate", i % 1000 == 250 ? "10/s" : "20/s");
          to.set("tokens_inheritance", "as_is");
          CHECK(limiter->reconfigure(to));
        }
        if (thread == 0 && i % 500 == 0) clock->advance(kSecond);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const int64_t windows = clock->now() / kSecond + 1;
  for (const auto& count : passed) CHECK(count <= 20 * windows);
  CHECK(passed[0] > 20);
}

TEST_CASE("limiter count_min: eight threads on one key are let through as often as it says") {
  auto limiter = make(sketch("500/s", 1 << 10));
  std::atomic<int64_t> passed{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) passed += limiter->acquire("hot", 1) == 0;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(passed == 500);
  CHECK(limiter->allowed() == 500);
  CHECK(limiter->denied() == 7 * 500);
}

TEST_CASE("limiter count_min: eight processes, of which some are killed, keep to the count") {
  SegmentName name;
  auto* shared = make_shared_memory<Shared>();
  const auto open = [&] {
    auto made = Limiter::create(sketch("300/min", 256), make_manual_clock(0),
                                Place(attach(name.settings(64 << 20)), "api"));
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  };
  const auto work = [&] {
    auto limiter = open();
    for (uint64_t turn = 0; !shared->stop.load(std::memory_order_relaxed); ++turn) {
      const size_t key = turn % 100;
      if (limiter->acquire(std::to_string(key), 1) == 0) ++shared->passed[key];
    }
    return 0;
  };
  std::vector<pid_t> workers;
  for (int i = 0; i < 8; ++i) workers.push_back(start(work));
  CHECK(comes_true([&] { return shared->passed[0] > 20; }));
  for (int i = 0; i < 20; ++i) {
    usleep(2000);
    const size_t at = static_cast<size_t>(i) % workers.size();
    kill(workers[at], SIGKILL);
    CHECK(wait_for(workers[at]) == -SIGKILL);
    workers[at] = start(work);
  }
  auto limiter = open();
  CHECK(comes_true([&] {
    for (int key = 0; key < 100; ++key) {
      if (left(*limiter, std::to_string(key), 0) > 0) return false;
    }
    return true;
  }));
  shared->stop = true;
  for (const pid_t worker : workers) CHECK(wait_for(worker) == 0);
  int64_t short_of = 0;
  for (const auto& passed : shared->passed) {
    CHECK(passed <= 300);
    short_of += 300 - passed;
  }
  // Each who was killed took one of which nobody heard, at most; and keys share counters.
  CHECK(short_of <= 20 + 100 * 40);
}

TEST_CASE("limiter count_min: what gives nothing back decides last among several, and is one") {
  const auto clock = make_manual_clock(0);
  auto flood = make(sketch("2/h", 64)), other = make(sketch("9/h", 64));
  Config config;
  config.set("rate", "3/h");
  auto user = *Limiter::create(config, clock);
  const AcquireAll::Part parts[] = {{flood.get(), "a", 1}, {user.get(), "u", 1}};
  CHECK(AcquireAll::of(parts, 0).wait == 0);
  CHECK(AcquireAll::of(parts, 0).wait == 0);
  CHECK(AcquireAll::of(parts, 0).which == 0);
  CHECK(user->peek_at("u", 1, 0) == 0);  // the third was not taken
  user->acquire_at("u", 1, 0);
  const AcquireAll::Part spent[] = {{other.get(), "b", 1}, {user.get(), "u", 1}};
  CHECK(AcquireAll::of(spent, 0).which == 1);
  CHECK(left(*other, "b", 0) == 9);
  const AcquireAll::Part two[] = {{flood.get(), "c", 1}, {other.get(), "c", 1}};
  CHECK(AcquireAll::of(two, 0).wait == static_cast<int64_t>(Status::kUnsupported));
  CHECK(AcquireAll::of(two, 0).which == 1);
  Config rates = sketch("1/s, 5/h", 64);
  CHECK(refused(rates).rfind("rate: option 'rate' cannot be several rates with count_min", 0) == 0);
}

TEST_CASE("limiter count_min: what it does not do, and options that are not its own") {
  auto limiter = make(sketch("10/s", 64));
  constexpr auto kUnsupported = static_cast<int64_t>(Status::kUnsupported);
  CHECK(limiter->acquire("a", 4) == 0);
  CHECK(limiter->give_back("a", 1) == kUnsupported);
  CHECK(limiter->forget("a") == kUnsupported);
  Slot slot;
  CHECK(limiter->reserve_slot("a", 1, 0, slot) == kUnsupported);
  CHECK(limiter->cancel_slot("a", 1, 1) == kUnsupported);
  CHECK(left(*limiter, "a", 0) == 6);
  CHECK(limiter->charge("a", 2) == 0);
  CHECK(limiter->acquire_up_to("a", 9) == 4);
  CHECK(limiter->charge("a", 2) == kSecond);
  CHECK(limiter->faults().empty());

  const auto with = [](const char* option, const char* value) {
    Config config = sketch("10/s", 64);
    config.set(option, value);
    const std::string said = refused(config);
    return said.substr(0, said.find(':'));
  };
  for (const char* each : {"keys=100", "when_full=allow", "burst=5", "max_debt=1", "max_wait_ms=1",
                           "initial=0", "window_events=9", "time_zone=Europe/Paris", "plans=a=1/s",
                           "sketch_width=15", "sketch_depth=9", "sketch_depth=0"}) {
    const std::string text = each;
    const std::string option = text.substr(0, text.find('='));
    CHECK(with(option.c_str(), text.substr(option.size() + 1).c_str()) == option);
  }
  for (const char* policy : {"token_bucket", "sliding_window", "fixed_window", "sliding_counter"}) {
    Config config;
    config.set("rate", "10/s");
    config.set("policy", policy);
    config.set_int("sketch_depth", 5);
    CHECK(refused(config).rfind("sketch_depth: option 'sketch_depth' is for count_min", 0) == 0);
  }
  CHECK(
      refused(sketch("10/s", 1 << 24)).rfind("sketch_width: option 'sketch_width' cannot be", 0) ==
      0);
  CHECK(refused(sketch("10000000000000/day", 64))
            .rfind("rate: option 'rate' cannot be 10000000000000 events", 0) == 0);
  CHECK(refused(sketch("1000000000000/min", 64)).empty() == false);
  CHECK(refused(sketch("1000000000000/day", 64)).empty());
}

}  // namespace og
