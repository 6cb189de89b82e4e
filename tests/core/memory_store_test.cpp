// SPDX-License-Identifier: Apache-2.0
#include "core/stores/memory_store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "core/base/random.h"
#include "core/stores/open_store.h"
#include "tests/catch.h"
#include "tests/sanitizers.h"

namespace og {
namespace {

std::unique_ptr<Store> memory_store() { return open_store({}, system_clock()).value(); }

struct Seen : MetricSink {
  void counter(std::string_view name, std::string_view, Labels labels, int64_t value) override {
    add(name, labels, value);
  }
  void gauge(std::string_view, std::string_view, Labels, double) override {}
  void histogram(std::string_view name, std::string_view, Labels labels,
                 const Histogram& value) override {
    int64_t total = 0;
    for (int i = 0; i < Histogram::kBuckets; ++i) total += value.count(i);
    add(name, labels, total);
  }
  void add(std::string_view name, Labels labels, int64_t value) {
    std::string series(name);
    for (auto [label, text] : labels) series += " " + std::string(text);
    values[series] = value;
  }
  std::map<std::string, int64_t> values;
};

}  // namespace

TEST_CASE("the hashes of a memory store are its own: no client can name keys that collide") {
  MemoryStore one(system_clock()), other(system_clock());
  CHECK(one.hash_of("k") != other.hash_of("k"));
  CHECK(one.hash_of("k") == one.hash_of("k"));
  CHECK(one.hash_of("k") != hash64("k"));
}

TEST_CASE("options that a memory store does not read are refused by name, but for their defaults") {
  for (auto [name, text] : {std::pair{"path", "/tmp/s.db"},
                            {"table", "t"},
                            {"synchronous", "full"},
                            {"busy_timeout_ms", "1s"},
                            {"readers", "2"},
                            {"exclusive", "true"},
                            {"read_only", "true"}}) {
    Config config;
    config.set(name, text);
    auto store = open_store(config, system_clock());
    REQUIRE_FALSE(store);
    CHECK(store.error().code == Status::kBadValue);
    CHECK(store.error().option == name);
    CHECK(store.error().message.find("of kind sqlite") != std::string::npos);
  }
  Config config;
  for (auto [name, text] :
       {std::pair{"path", ""}, {"table", "outgrow"}, {"busy_timeout_ms", "5s"}}) {
    config.set(name, text);
  }
  CHECK(open_store(config, system_clock()));
}

TEST_CASE("random writes to a memory store leave what they leave in a map") {
  auto store = memory_store();
  std::map<std::string, std::string> model;
  Random random(20260101);
  for (int i = 0; i < 20'000; ++i) {
    std::string key = "k" + std::to_string(random.below(50));
    switch (random.below(4)) {
      case 0: {
        REQUIRE(store->set(key, std::to_string(i)));
        model[key] = std::to_string(i);
        break;
      }
      case 1:
        REQUIRE(store->erase(key));
        model.erase(key);
        break;
      case 2: {
        std::string other = "k" + std::to_string(random.below(50)), value = std::to_string(i);
        const StoreWrite batch[] = {{key, value}, {other, std::nullopt}};
        REQUIRE(store->write(batch));
        model[key] = value;
        model.erase(other);
        break;
      }
      default: {
        auto found = store->get(key).value();
        auto wanted = model.find(key);
        REQUIRE(found.has_value() == (wanted != model.end()));
        if (found) REQUIRE(*found == wanted->second);
      }
    }
  }
}

TEST_CASE("operations of a store are timed and counted") {
  auto store = memory_store();
  REQUIRE(store->set("a", "1"));
  REQUIRE(store->set("b", "1"));
  REQUIRE(store->get("a"));
  const StoreWrite batch[] = {{"a", "1"}, {"b", std::nullopt}};
  REQUIRE(store->write(batch));
  Seen seen;
  store->collect(seen);
  CHECK(seen.values["outgrow_store_operation_seconds memory set"] == 2);
  CHECK(seen.values["outgrow_store_operation_seconds memory get"] == 1);
  CHECK(seen.values["outgrow_store_operation_seconds memory delete"] == 0);
  CHECK(seen.values["outgrow_store_operation_seconds memory batch"] == 1);
  CHECK(seen.values["outgrow_store_failures_total memory get"] == 0);
}

#ifndef __SANITIZE_THREAD__  // which forbids threads on both sides of a fork
TEST_CASE("a fork while threads write leaves the child a store that works") {
  auto store = memory_store();
  std::atomic<bool> done{false};
  std::atomic<int64_t> writes{0};
  std::thread writer([&] {
    for (int64_t i = 0; !done; ++i) {
      (void)store->set("k" + std::to_string(i % 1000), "v");
      ++writes;
    }
  });
  while (writes < 1000) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) {
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      alarm(10);  // a lock left locked by the parent's thread would hang it
      bool good = true;
      for (int k = 0; k < 100; ++k) good = good && store->set("k" + std::to_string(k), "child");
      _exit(good && store->get("k1").value() == "child" ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
  done = true;
  writer.join();
  CHECK(store->get("k1").value() == "v");
}
#endif

}  // namespace og
