// SPDX-License-Identifier: Apache-2.0
// Threads of one process over nouns in a segment: what processes do there, where ThreadSanitizer
// sees it.
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/guard/breaker.h"
#include "core/inspect/host_faults.h"
#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;
constexpr int64_t kMs = 1'000'000;

template <class F>
void run_threads(F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

std::shared_ptr<Segment> attach() {
  const std::string name = "/outgrow-stress-" + std::to_string(getpid());
  auto segment = Segment::attach(
      {.name = name, .bytes = 4 << 20, .objects = 16, .attachments = 4, .mode = 0600});
  REQUIRE(segment);
  REQUIRE(Segment::remove(name));  // gone by name, kept by us
  return *segment;
}

}  // namespace

TEST_CASE(
    "host scope: eight threads, each with a limiter of its own over the same cells, admit one's "
    "bound") {
  for (const char* policy : {"token_bucket", "sliding_window", "fixed_window", "sliding_counter"}) {
    auto segment = attach();
    auto clock = make_manual_clock(0);
    Config config;
    config.set("rate", "500/s");
    config.set("policy", policy);
    config.set_int("keys", 32);
    std::atomic<int64_t> passed{0};
    run_threads([&](int thread) {
      auto limiter = std::move(*Limiter::create(config, clock, Place(segment, "api")));
      for (int i = 0; i < 500; ++i) {
        passed += limiter->acquire("hot", 1) == 0;
        limiter->acquire(std::to_string((i * 7 + thread) % 100),
                         1);  // cells claimed and crowded out
        if (i % 100 == 0) (void)limiter->hottest();
      }
    });
    CHECK(passed == 500);
    CHECK(host_faults(segment)->empty());
  }
}

TEST_CASE(
    "host scope: eight threads, each with a breaker of its own over the same cell, keep its "
    "permits") {
  auto segment = attach();
  auto clock = make_manual_clock(0);
  Config config;
  config.set_int("failure_threshold", 1);
  config.set("open_ms", "1ms");
  config.set_int("half_open_permits", 3);
  config.set_int("success_threshold", 5);
  config.set("permit_ms", "1d");
  constexpr size_t kGenerations = 4096;
  std::vector<std::atomic<int>> out(kGenerations);  // half-open permits by generation
  std::atomic<int> too_many{0};
  std::atomic<int64_t> half_open{0};
  run_threads([&](int thread) {
    auto breaker = std::move(*Breaker::create(config, clock, Place(segment, "api")));
    for (int i = 0; i < 5'000; ++i) {
      clock->advance(kMs / 1000);
      const int64_t permit = breaker->enter();
      if (permit <= 0) continue;
      if ((permit >> 12 & 127) != 0) {  // it names a slot
        auto& holders = out[static_cast<size_t>(permit >> 19) % kGenerations];
        too_many += holders.fetch_add(1) >= 3;
        std::this_thread::yield();
        holders.fetch_sub(1);
        ++half_open;
      }
      breaker->exit(permit, (i + thread) % 13 != 0);
    }
  });
  CHECK(half_open > 0);
  CHECK(too_many == 0);
  CHECK(host_faults(segment)->empty());
}

TEST_CASE("host scope: eight threads make the objects of one segment, each once") {
  auto segment = attach();
  std::atomic<int> made{0}, failed{0};
  std::array<std::atomic<void*>, 12> memory{};
  run_threads([&](int) {
    for (size_t i = 0; i < memory.size(); ++i) {
      auto object = segment->object({7, "object-" + std::to_string(i), "", 640});
      if (!object) {
        ++failed;
        continue;
      }
      made += object->made;
      void* none = nullptr;
      if (!memory[i].compare_exchange_strong(none, object->memory))
        failed += none != object->memory;
      failed += segment->objects().empty() || !segment->verify()->empty();
    }
  });
  CHECK(made == 12);
  CHECK(failed == 0);
}

}  // namespace og
