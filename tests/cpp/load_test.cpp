// SPDX-License-Identifier: Apache-2.0
// Cache::get_or_load, and stores of the program's own.
#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/cpp/error.h"

using namespace outgrow;

TEST_CASE("what a loader returns is cached, and its absence too") {
  Cache cache;
  int loads = 0;
  auto ada = [&] { return ++loads, std::string("ada"); };
  CHECK(cache.get_or_load("1", ada) == "ada");
  CHECK(cache.get_or_load("1", ada) == "ada");
  CHECK(loads == 1);
  auto nobody = [&] { return ++loads, std::optional<std::string>(); };
  CHECK(cache.get_or_load("2", nobody) == std::nullopt);
  CHECK(cache.get_or_load("2", nobody) == std::nullopt);
  CHECK(loads == 2);
  CHECK(cache.get_or_load("3", [] { return std::string(); }) == "");  // empty is no absence
}

TEST_CASE("a value lives for the time given, an absence for negative_ttl_ms") {
  using namespace std::chrono_literals;
  auto clock = Clock::manual();
  Cache cache({{"negative_ttl_ms", 2s}}, clock);
  int loads = 0;
  auto found = [&] { return ++loads, std::string("v"); };
  auto absent = [&] { return ++loads, std::optional<std::string>(); };
  auto loads_after = [&](Duration passed) {
    clock.advance(passed);
    loads = 0;
    cache.get_or_load("v", found, 1s);
    cache.get_or_load("n", absent, 1s);
    return loads;
  };
  CHECK(loads_after(0s) == 2);
  CHECK(loads_after(999ms) == 0);
  CHECK(loads_after(1ms) == 1);
  CHECK(loads_after(1s) == 2);
}

TEST_CASE("a loader that throws leaves the key to the next") {
  Cache cache;
  auto fails = []() -> std::string { throw std::runtime_error("down"); };
  CHECK_THROWS_AS(cache.get_or_load("1", fails), std::runtime_error);
  CHECK(cache.stat(CacheStat::leases) == 0);
  CHECK(cache.get_or_load("1", [] { return std::string("up"); }) == "up");
}

TEST_CASE("one of many threads loads") {
  Cache cache;
  std::atomic<int> loads = 0, right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      auto value = cache.get_or_load("k", [&] {
        ++loads;
        while (cache.stat(CacheStat::waits) == 0) std::this_thread::yield();  // until one waits
        return std::string("v");
      });
      right += value == "v";
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(loads == 1);
  CHECK(right == 8);
}

TEST_CASE("who waits for a load that throws gets its exception, and the next loads") {
  Cache cache;
  std::atomic<int> loads = 0, told = 0;
  auto get = [&] {
    try {
      cache.get_or_load("k", [&]() -> std::string {
        ++loads;
        // The second look comes after the other has found out whose end to wait for.
        while (cache.stat(CacheStat::waits) < 2) std::this_thread::yield();
        throw std::runtime_error("down");
      });
    } catch (const std::runtime_error& error) {
      told += std::string(error.what()) == "down";
    }
  };
  std::thread other(get);
  get();
  other.join();
  CHECK(loads == 1);
  CHECK(told == 2);
  CHECK(cache.stat(CacheStat::leases) == 0);
  CHECK(cache.get_or_load("k", [] { return std::string("up"); }) == "up");
}

TEST_CASE("a loader that asks for its own key is told so at once; for another it is not") {
  Cache cache({{"lease_ms", std::chrono::hours(1)}});  // which it would wait for
  auto inner = [&] {
    return std::string(*cache.get_or_load("other", [] { return std::string("v"); }));
  };
  CHECK(cache.get_or_load("k", inner) == "v");
  for (bool withdrawn : {false, true}) {
    cache.clear();
    auto itself = [&] {
      if (withdrawn) cache.clear();  // and the key's lease is to be had again
      return *cache.get_or_load("k", [] { return std::string("never"); });
    };
    try {
      cache.get_or_load("k", itself);
      CHECK(false);
    } catch (const Error& error) {
      CHECK(error.status() == Status::invalid_argument);
      CHECK(std::string(error.what()).find("asked the cache for the key") != std::string::npos);
    }
    CHECK(cache.stat(CacheStat::leases) == 0);
    CHECK(cache.get_or_load("k", [] { return std::string("up"); }) == "up");
  }
}

namespace {

// Rows in a map; a key of "teapot" throws what is no Error, "late" one that is.
class Rows : public CustomStore {
 public:
  explicit Rows(std::map<std::string, std::string>& rows, int* destroyed = nullptr)
      : rows_(rows), destroyed_(destroyed) {}
  ~Rows() override {
    if (destroyed_) ++*destroyed_;
  }
  std::optional<std::string> get(std::string_view key) override {
    if (key == "teapot") throw std::runtime_error("I am a teapot");
    if (key == "late") throw Error(Status::timeout, "too late");
    if (key == "odd") throw 42;
    auto found = rows_.find(std::string(key));
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  void set(std::string_view key, std::string_view value) override {
    rows_[std::string(key)] = value;
  }
  void remove(std::string_view key) override { rows_.erase(std::string(key)); }

 private:
  std::map<std::string, std::string>& rows_;
  int* destroyed_;
};

}  // namespace

TEST_CASE("a store of the program's own") {
  std::map<std::string, std::string> rows = {{"b", "old"}};
  Store store(std::make_unique<Rows>(rows));
  store.set("a", "1");
  CHECK(rows["a"] == "1");
  CHECK(store.get("a").view() == "1");
  CHECK(store.get("none").status == Status::absent);
  Batch batch;
  batch.set("c", "3").remove("b");
  CHECK(batch.writes().size() == 2);
  store.batch_write(batch);
  CHECK(rows == std::map<std::string, std::string>{{"a", "1"}, {"c", "3"}});
  store.remove("c");
  CHECK(rows.size() == 1);
}

TEST_CASE("what a program's own store throws is the call's error") {
  std::map<std::string, std::string> rows;
  Store store(std::make_unique<Rows>(rows));
  Error teapot = error_of([&] { (void)store.get("teapot"); });
  CHECK(teapot.status() == Status::store);
  CHECK(std::string(teapot.what()).find("I am a teapot") != std::string::npos);
  CHECK(status_of([&] { (void)store.get("late"); }) == Status::timeout);
  CHECK(status_of([&] { (void)store.get("odd"); }) == Status::store);
  CHECK(status_of([] { Store(std::unique_ptr<CustomStore>()); }) == Status::invalid_argument);
}

TEST_CASE("a program's own store is destroyed with the last noun that uses it") {
  std::map<std::string, std::string> rows;
  int destroyed = 0;
  {
    Cache cache;
    std::optional<Store> store(std::in_place, std::make_unique<Rows>(rows, &destroyed));
    CachedStore cached(cache, *store);
    store.reset();
    CHECK(destroyed == 0);
    CHECK(cached.set("a", "1") == Status::ok);
    CHECK(cached.get("a").source == Source::store);
    CHECK(cached.get("a").source == Source::cache);
  }
  CHECK(destroyed == 1);
}

TEST_CASE("a batch that is taken and not done has failed") {
  auto clock = Clock::manual();
  Cache cache({}, clock);
  Store store;
  CachedStore cached(cache, store, {{"mode", "behind"}, {"retry_attempts", 0}, {"batch_size", 1}});
  CHECK_FALSE(cached.take_batch());
  CHECK(cached.set("a", "1") == Status::ok);
  {
    auto batch = cached.take_batch();
    REQUIRE(batch);
    CHECK(batch.writes()[0].key == "a");
    CHECK(batch.writes()[0].value == "1");
  }
  auto letters = cached.dead_letters();
  CHECK(letters.size() == 1);
  for (DeadLetter letter : letters) {
    CHECK(letter.write.key == "a");
    CHECK(letter.attempts == 1);
  }
  CHECK(cached.redrive("a") == Status::ok);
  auto again = cached.take_batch();
  again.done(Status::ok);
  CHECK_FALSE(again);
  CHECK(cached.stat(CachedStoreStat::stored) == 1);
  CHECK(cached.due_in() == std::nullopt);
  CHECK(cached.close(Duration()) == 0);
  CHECK(status_of([&] { (void)cached.set("a", "2"); }) == Status::closed);
}

TEST_CASE("closing for as long as drain_ms tells what is lost") {
  class Down : public CustomStore {
    std::optional<std::string> get(std::string_view) override { throw Error(Status::io, "down"); }
    void set(std::string_view, std::string_view) override { throw Error(Status::io, "down"); }
    void remove(std::string_view) override { throw Error(Status::io, "down"); }
  };
  for (auto mode : {"behind", "aside"}) {
    Cache cache;
    CachedStore cached(cache, Store(std::make_unique<Down>()), {{"mode", mode}, {"drain_ms", 1}});
    if (mode == std::string("behind")) {
      CHECK(cached.set("a", "1") == Status::ok);
      CHECK(cached.close() == 1);
    }
    CHECK(cached.close() == 0);
    CHECK(status_of([&] { cached.close(Duration(-2)); }) == Status::invalid_argument);
  }
}
