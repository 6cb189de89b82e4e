// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/stores/open_store.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;

// Pairs of keys are only ever written together: a reader that takes them one after the other sees
// the second at least as new as the first, and every thread reads its own writes.
void pairs_stay_together(Store& store, int rounds) {
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::string mine = "own" + std::to_string(thread);
      std::string first = "first" + std::to_string(thread),
                  second = "second" + std::to_string(thread);
      Random random(static_cast<uint64_t>(thread));
      for (int i = 1; i <= rounds; ++i) {
        std::string value = std::to_string(i);
        const StoreWrite batch[] = {{first, value}, {second, value}, {mine, value}};
        if (!store.write(batch)) ++failures;
        auto own = store.get(mine);
        if (!own || !*own || **own != value) ++failures;
        std::string other = std::to_string(random.below(kThreads));
        auto a = store.get("first" + other), b = store.get("second" + other);
        if (!a || !b || (*a && (!*b || std::stoi(**b) < std::stoi(**a)))) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
}

}  // namespace

TEST_CASE("eight threads on a memory store") {
  auto store = open_store({}, system_clock()).value();
  pairs_stay_together(*store, 2000);
}

#ifdef OUTGROW_SQLITE
TEST_CASE("eight threads on an SQLite file") {
  char folder[] = "/tmp/outgrow_stress_XXXXXX";
  REQUIRE(mkdtemp(folder));
  {
    Config config;
    config.set("kind", "sqlite");
    config.set("path", std::string(folder) + "/s.db");
    config.set("synchronous", "off");
    config.set_int("readers", 3);
    auto store = open_store(config, system_clock()).value();
    pairs_stay_together(*store, 100);
  }
  std::filesystem::remove_all(folder);
}
#endif

}  // namespace og
