// SPDX-License-Identifier: Apache-2.0
// A WaitCheck ends what its thread waits for: in the library, and in a wait of these headers' own.
#include <atomic>
#include <memory>
#include <thread>

#include "tests/cpp/error.h"

using namespace outgrow;

namespace {

// Loads the key in a thread of its own until `meanwhile` has ended.
template <class Meanwhile>
void while_another_loads(Cache& cache, Meanwhile meanwhile) {
  std::atomic<bool> inside{false}, go_on{false};
  std::thread other([&] {
    cache.get_or_load("k", [&] {
      for (inside = true; !go_on;) std::this_thread::yield();
      return std::string("v");
    });
  });
  while (!inside) std::this_thread::yield();
  meanwhile();
  go_on = true;
  other.join();
}

// Hangs in get until it may go on.
class Slow : public CustomStore {
 public:
  Slow(std::atomic<bool>& inside, std::atomic<bool>& go_on) : inside_(inside), go_on_(go_on) {}
  std::optional<std::string> get(std::string_view) override {
    for (inside_ = true; !go_on_;) std::this_thread::yield();
    return "v";
  }
  void set(std::string_view, std::string_view) override {}
  void remove(std::string_view) override {}

 private:
  std::atomic<bool>&inside_, &go_on_;
};

}  // namespace

TEST_CASE("a check ends a wait for another's load, and the inner one is asked") {
  Cache cache({{"lease_ms", "1h"}});
  while_another_loads(cache, [&] {
    int outer = 0, inner = 0;
    auto get = [&] { cache.get_or_load("k", [] { return std::string("not called"); }); };
    WaitCheck outside([&] { return ++outer >= 3; });
    {
      WaitCheck inside([&] { return ++inner >= 3; });
      CHECK(status_of(get) == Status::interrupted);
    }
    CHECK(outer == 0);
    CHECK(inner >= 3);
    CHECK(status_of(get) == Status::interrupted);
    CHECK(outer >= 3);
  });
  CHECK(cache.get_or_load("k", [] { return std::string("not called"); }) == "v");
}

TEST_CASE("a check ends a wait in the library") {
  std::atomic<bool> inside{false}, go_on{false};
  Cache cache({{"lease_ms", "1h"}});
  CachedStore cached(cache, Store(std::make_unique<Slow>(inside, go_on)), {{"wait_ms", "1h"}});
  std::thread other([&] { CHECK(cached.get("k").value.string() == "v"); });
  while (!inside) std::this_thread::yield();
  int asked = 0;
  {
    WaitCheck check([&] { return ++asked >= 3; });
    CHECK(status_of([&] { static_cast<void>(cached.get("k")); }) == Status::interrupted);
  }
  CHECK(asked >= 3);
  go_on = true;
  other.join();
}
