// SPDX-License-Identifier: Apache-2.0
// What reads and writes leave in cache and store, in each mode, and with writes in the middle of
// loads: a hook in the store's read stands for the other caller.
#include "tests/core/faulty_store.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;
using Source = CachedStore::Source;
using Fixture = CachedStoreFixture;

const char* const kModes[] = {"aside", "through", "behind"};

}  // namespace

TEST_CASE("cached store: a miss loads once, an absence too") {
  for (const char* mode : kModes) {
    Fixture f({{"mode", mode}});
    f.store->put("k", "v");
    CHECK(f.get("k") == "v");
    CHECK(f.source == Source::kStore);
    CHECK(f.get("k") == "v");
    CHECK(f.source == Source::kCache);
    CHECK(f.get("none") == "-");
    CHECK(f.get("none") == "-");
    CHECK(f.store->reads() == 2);
    f.advance_ms(10'000);  // negative_ttl_ms of the cache
    f.store->put("none", "now");
    CHECK(f.get("none") == "now");
    CHECK(f.get("") == "-");
    f.store->put("empty", "");
    CHECK(f.get("empty").empty());
  }
}

TEST_CASE("cached store: what a write leaves in the cache") {
  Fixture aside({{"mode", "aside"}});
  aside.store->put("k", "old");
  CHECK(aside.get("k") == "old");
  CHECK(aside.set("k", "new") == Status::kOk);
  CHECK(aside.cache->get("k").outcome == Status::kMiss);
  CHECK(aside.get("k") == "new");
  CHECK(aside.erase("k") == Status::kOk);
  CHECK(aside.cache->get("k").outcome == Status::kMiss);
  CHECK(aside.get("k") == "-");

  Fixture through({{"mode", "through"}});
  CHECK(through.set("k", "new") == Status::kOk);
  CHECK(through.store->row("k") == "new");
  CHECK(through.get("k") == "new");
  CHECK(through.erase("k") == Status::kOk);
  CHECK_FALSE(through.store->row("k"));
  CHECK(through.get("k") == "-");
  CHECK(through.store->reads() == 0);

  Fixture behind({{"mode", "behind"}});
  CHECK(behind.set("k", "new") == Status::kOk);
  CHECK_FALSE(behind.store->row("k"));
  CHECK(behind.get("k") == "new");
  CHECK(behind.erase("k") == Status::kOk);
  CHECK(behind.get("k") == "-");
  CHECK(behind.store->reads() == 0);
}

TEST_CASE("cached store: no load puts back what a write in the middle of it changed") {
  for (const char* mode : kModes) {
    for (bool erase : {false, true}) {
      INFO(mode << (erase ? " erase" : " set"));
      Fixture f({{"mode", mode}});
      f.store->put("k", "old");
      f.store->on_get = [&](std::string_view) {
        f.store->on_get = nullptr;
        CHECK((erase ? f.erase("k") : f.set("k", "new")) == Status::kOk);
        return true;
      };
      CHECK(f.get("k") == "old");  // it began before the write
      CHECK(f.get("k") == (erase ? "-" : "new"));
      f.cache->clear();
      CHECK(f.get("k") == (erase ? "-" : "new"));
    }
  }
}

TEST_CASE("cached store: a failed write is forgotten by the cache, whether or not it was applied") {
  for (const char* mode : {"aside", "through"}) {
    for (Fault fault : {Fault::kRefused, Fault::kApplied}) {
      Fixture f({{"mode", mode}});
      f.store->put("k", "old");
      CHECK(f.get("k") == "old");
      f.store->on_write = [&](auto) { return fault; };
      auto done = f.cached->write("k", "new");
      REQUIRE_FALSE(done);
      CHECK(done.error().code == Status::kStore);
      CHECK(done.error().message == "the store refused");
      CHECK(f.get("k") == (fault == Fault::kApplied ? "new" : "old"));
      CHECK(f.source == Source::kStore);
      CHECK(f.erase("k") == Status::kStore);
      CHECK(f.get("k") == (fault == Fault::kApplied ? "-" : "old"));
      CHECK(f.cached->stats().write_failures == 2);
    }
  }
}

TEST_CASE("cached store: nobody reads what is not acknowledged, where the store can refuse it") {
  for (const char* mode : {"aside", "through"}) {
    Fixture f({{"mode", mode}});
    f.store->put("k", "old");
    f.store->on_write = [&](auto) {
      CHECK(f.get("k") == "old");
      return Fault::kNone;
    };
    CHECK(f.set("k", "new") == Status::kOk);
    CHECK(f.get("k") == "new");
  }
}

TEST_CASE("cached store: a failed load is an error, caches nothing and keeps nobody waiting") {
  for (const char* mode : kModes) {
    Fixture f({{"mode", mode}});
    f.store->put("k", "v");
    f.store->on_get = [](std::string_view) { return false; };
    auto read = f.cached->get("k");
    REQUIRE_FALSE(read);
    CHECK(read.error().message == "the store cannot be read");
    CHECK(f.cache->stats().totals.leases == 0);
    f.store->on_get = nullptr;
    CHECK(f.get("k") == "v");
    CHECK(f.cached->stats().load_failures == 1);
  }
}

TEST_CASE("cached store: while one loads anew the others take the stale value") {
  Fixture f({}, {{"ttl_ms", "10"}, {"stale_ms", "100"}});
  f.store->put("k", "old");
  CHECK(f.get("k") == "old");
  f.store->put("k", "new");
  f.advance_ms(10);
  f.store->on_get = [&](std::string_view) {
    f.store->on_get = nullptr;
    CHECK(f.get("k") == "old");
    CHECK(f.source == Source::kStale);
    return true;
  };
  CHECK(f.get("k") == "new");
  CHECK(f.cached->stats().stale == 1);
}

TEST_CASE("cached store: who is told to wait reads the store itself when time does not pass") {
  Fixture f({});
  f.store->put("k", "v");
  auto held = f.cache->get_or_lease("k");
  REQUIRE(held.lease > 0);
  CHECK(f.get("k") == "v");
  CHECK(f.source == Source::kStore);
  CHECK(f.cache->get("k").outcome == Status::kMiss);  // it had no lease to fill by
}

TEST_CASE("cached store: a closed one reads and does not write") {
  for (const char* mode : kModes) {
    Fixture f({{"mode", mode}});
    f.store->put("k", "v");
    CHECK(f.cached->close(0) == 0);
    CHECK(f.get("k") == "v");
    CHECK(f.set("k", "w") == Status::kClosed);
    CHECK(f.erase("k") == Status::kClosed);
    CHECK(f.store->row("k") == "v");
    CHECK(f.cached->close(0) == 0);
  }
}

TEST_CASE("cached store: times are those given") {
  Fixture f({{"mode", "through"}}, {{"ttl_ms", "10"}});
  REQUIRE(f.cached->write_at("k", "v", 100 * kMs));
  f.store->put("k", "w");
  CHECK(f.cached->get_at("k", 109 * kMs)->value.bytes() == "v");
  CHECK(f.cached->get_at("k", 110 * kMs)->value.bytes() == "w");
  CHECK(f.cached->get_at("k", 119 * kMs)->source == Source::kCache);
}

}  // namespace og
