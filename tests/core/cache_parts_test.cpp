// SPDX-License-Identifier: Apache-2.0
// What a cache is made of, each part alone.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/base/read_gate.h"
#include "core/cache/ghost_list.h"
#include "tests/core/cache_fixture.h"

namespace og {

TEST_CASE("a grace period waits for the readers of before, not for later ones") {
  ReadGate gate;
  ReadGate::Grace grace;
  grace.begin(gate);
  CHECK(grace.over(gate));
  {
    auto before = gate.enter();
    grace.begin(gate);
    for (int i = 0; i < 10; ++i) CHECK_FALSE(grace.over(gate));
    auto nested = gate.enter();
    CHECK_FALSE(grace.over(gate));
  }
  CHECK(grace.over(gate));
  // Asking flips the phase once the idle counters are drained, so a reader who comes later than
  // that holds nothing up.
  std::atomic<int> stage{0};
  std::thread reader([&] {
    auto before = gate.enter();
    stage = 1;
    while (stage != 2) std::this_thread::yield();
  });
  while (stage != 1) std::this_thread::yield();
  grace.begin(gate);
  CHECK_FALSE(grace.over(gate));
  auto later = gate.enter();
  CHECK_FALSE(grace.over(gate));
  stage = 2;
  reader.join();
  CHECK(grace.over(gate));
}

namespace {

CacheEntry* entry_of(uint64_t hash, const std::string& key) {
  return CacheEntry::make(hash, key, "value");
}

}  // namespace

TEST_CASE("the index finds what it holds, also where hashes are equal or crowd one home") {
  // A third of the keys have one of eight neighbouring hashes: at the table's start, within, at its
  // end.
  for (uint64_t crowd : {uint64_t{8}, uint64_t{0x5fffffffffffffff}, ~uint64_t{0}}) {
    HashIndex index;
    std::map<std::string, CacheEntry*> model;
    Random random(crowd);
    for (int i = 0; i < 20'000; ++i) {
      std::string key = std::to_string(random.below(300));
      uint64_t number = std::stoull(key);
      uint64_t hash = number % 3 == 0 ? crowd - number % 8 : mix64(number + 1);
      CacheEntry* found = index.find(hash, key);
      auto known = model.find(key);
      REQUIRE(found == (known == model.end() ? nullptr : known->second));
      if (random.below(2) == 0) {
        delete index.reserve();
        CacheEntry* fresh = entry_of(hash, key);
        index.put(fresh, found);
        if (found != nullptr) found->unref();
        model[key] = fresh;
      } else if (found != nullptr) {
        index.erase(found);
        found->unref();
        model.erase(key);
      }
      REQUIRE(index.live() == model.size());
      REQUIRE(index.slots() >= 16);
      REQUIRE(index.slots() <= 2048);  // 300 keys need no more than 1024
    }
    for (auto& [key, entry] : model) entry->unref();
  }
}

TEST_CASE("ghosts are those within the capacity, and each is taken once") {
  GhostList ghosts(10);
  CHECK_FALSE(ghosts.take(1));
  for (uint64_t hash = 1; hash <= 20; ++hash) ghosts.add(hash, 1);
  for (uint64_t hash = 1; hash <= 10; ++hash) CHECK_FALSE(ghosts.take(hash));
  for (uint64_t hash = 11; hash <= 20; ++hash) {
    CHECK(ghosts.take(hash));
    CHECK_FALSE(ghosts.take(hash));
  }
  ghosts.add(1, 4);
  ghosts.add(2, 6);
  ghosts.add(3, 1);  // 11 in all: the oldest has left
  CHECK_FALSE(ghosts.take(1));
  CHECK(ghosts.take(2));
  ghosts.add(4, 11);  // larger than the whole list: not remembered, and pushes nothing out
  CHECK_FALSE(ghosts.take(4));
  CHECK(ghosts.take(3));
  ghosts.clear();
  ghosts.add(5, 1);
  CHECK(ghosts.take(5));
}

TEST_CASE("what is evicted is freed as writes go on") {
  auto cache = make_cache({{"capacity_entries", "50"}, {"shards", "1"}});
  for (int i = 0; i < 10'000; ++i) {
    cache->set_at(std::to_string(i), std::string(100, 'x'), {}, 0);
    REQUIRE(cache->stats().totals.retired_bytes < 20'000);
  }
}

TEST_CASE("metrics agree with the stats and follow the naming rules") {
  struct Sink : MetricSink {
    std::map<std::string, double> seen;
    void put(std::string_view name, Labels labels, double value) {
      std::string full(name);
      for (auto [label, text] : labels) full += "," + std::string(label) + "=" + std::string(text);
      CHECK(seen.emplace(full, value).second);
    }
    void counter(std::string_view name, std::string_view help, Labels labels,
                 int64_t value) override {
      CHECK(name.ends_with("_total"));
      CHECK_FALSE(help.empty());
      put(name, labels, static_cast<double>(value));
    }
    void gauge(std::string_view name, std::string_view, Labels labels, double value) override {
      CHECK_FALSE(name.ends_with("_total"));
      put(name, labels, value);
    }
    void histogram(std::string_view, std::string_view, Labels, const Histogram&) override {}
  } sink;
  auto cache = make_cache({{"capacity_entries", "2"}});
  cache->set_at("a", "v", {}, 0);
  cache->get_at("a", 0);
  cache->get_at("b", 0);
  int64_t lease = cache->get_or_lease_at("b", 0).lease;
  cache->get_or_lease_at("b", 0);
  cache->fill_absent_at("b", lease, 0, 0);
  cache->get_at("b", 0);
  cache->set_at("c", "v", {}, 0);
  cache->collect(sink);
  CHECK(sink.seen["outgrow_cache_lookups_total,result=hit"] == 1);
  CHECK(sink.seen["outgrow_cache_lookups_total,result=absent"] == 1);
  CHECK(sink.seen["outgrow_cache_lookups_total,result=miss"] == 2);
  CHECK(sink.seen["outgrow_cache_lookups_total,result=wait"] == 1);
  CHECK(sink.seen["outgrow_cache_leases_granted_total"] == 1);
  CHECK(sink.seen["outgrow_cache_writes_total"] == 3);
  CHECK(sink.seen["outgrow_cache_entries"] == 2);
  CHECK(sink.seen["outgrow_cache_bytes"] == static_cast<double>(cache->bytes()));
  CHECK(sink.seen["outgrow_cache_evictions_total,queue=probation"] +
            sink.seen["outgrow_cache_evictions_total,queue=main"] ==
        1);
}

}  // namespace og
