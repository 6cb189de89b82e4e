// SPDX-License-Identifier: Apache-2.0
// A store of the program's own that calls the cached store which called it: what could not end is
// told so at once, and everything else goes on.
#include <chrono>
#include <thread>

#include "core/cache/store_call.h"
#include "tests/core/faulty_store.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;
using Fixture = CachedStoreFixture;
constexpr int64_t kLong = 20'000 * kMs;  // what a call would take that waits for itself

struct Live : Fixture {
  explicit Live(Options options) : Fixture({}) {
    cached.reset();
    cache = make_cache({}, system_clock());
    open(options, system_clock());
  }
};

struct Quick {
  ~Quick() {
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::nanoseconds(kLong / 2));
  }
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE("re-entry: a store that writes the key which it is asked to write is told so") {
  for (const char* mode : {"aside", "through"}) {
    Fixture f({{"mode", mode}});
    Result<Status> inner = Status::kOk;
    f.store->on_write = [&](auto) {
      f.store->on_write = nullptr;
      inner = f.cached->write("k", "inner");
      return Fault::kNone;
    };
    CHECK(f.set("k", "outer") == Status::kOk);
    REQUIRE_FALSE(inner);
    CHECK(inner.error().code == Status::kInvalidArgument);
    CHECK(inner.error().message.find("wrote that key") != std::string::npos);
    CHECK(f.store->row("k") == "outer");
    CHECK(f.get("k") == "outer");
    CHECK(f.cached->stats().write_failures == 1);
    CHECK(f.set("k", "again") == Status::kOk);
  }
}

// More keys than locks: some share the outer key's.
TEST_CASE("re-entry: a store may write other keys than the one that it is asked to write") {
  Fixture f({{"mode", "through"}});
  int calls = 0;
  f.store->on_write = [&](auto) {
    if (calls++ == 0) {
      for (int i = 0; i < 2000; ++i) CHECK(f.set("other" + std::to_string(i), "v") == Status::kOk);
    }
    return Fault::kNone;
  };
  CHECK(f.set("k", "v") == Status::kOk);
  CHECK(f.store->rows().size() == 2001);
  CHECK(f.get("other1999") == "v");
  std::thread([&] { CHECK(f.set("k", "w") == Status::kOk); }).join();  // the lock is free again
}

TEST_CASE("re-entry: two threads whose stores write each other's key do not wait for ever") {
  Live f({{"mode", "through"}});
  std::string a = "a", b = "b";
  while (f.cache->hash_of(a) % 256 == f.cache->hash_of(b) % 256) b += "b";
  std::atomic<int> inside{0};
  std::atomic<int> late{0};
  f.store->on_write = [&](std::span<const StoreWrite> writes) {
    if (inside.fetch_add(1) >= 2) return Fault::kNone;  // an inner write
    while (inside.load() < 2) std::this_thread::yield();
    late += f.set(writes[0].key == a ? b : a, "inner") == Status::kTimeout;
    return Fault::kNone;
  };
  std::thread first([&] { CHECK(f.set(a, "outer") == Status::kOk); });
  std::thread second([&] { CHECK(f.set(b, "outer") == Status::kOk); });
  first.join();
  second.join();
  CHECK(late >= 1);
  CHECK(f.set(a, "after") == Status::kOk);
  CHECK(f.set(b, "after") == Status::kOk);
}

TEST_CASE("re-entry: a store that reads the key which it is asked to read is told so") {
  Live f({{"wait_ms", "20000"}});
  f.store->put("k", "v");
  f.store->put("other", "w");
  Quick quick;
  Result<CachedStore::Read> inner = CachedStore::Read{};
  f.store->on_get = [&](std::string_view) {
    f.store->on_get = nullptr;
    CHECK(f.get("other") == "w");
    inner = f.cached->get("k");
    return true;
  };
  CHECK(f.get("k") == "v");
  REQUIRE_FALSE(inner);
  CHECK(inner.error().code == Status::kInvalidArgument);
  CHECK(inner.error().message.find("read that key") != std::string::npos);
  CHECK(f.get("k") == "v");
  CHECK(f.source == CachedStore::Source::kCache);
}

TEST_CASE("re-entry: a store that writes the key which it is asked to read has it written") {
  Live f({{"mode", "through"}, {"wait_ms", "20000"}});
  Quick quick;
  f.store->on_get = [&](std::string_view) {
    f.store->on_get = nullptr;
    CHECK(f.set("k", "made") == Status::kOk);
    return true;
  };
  CHECK(f.get("k") == "made");
}

TEST_CASE("re-entry: behind, a store does not wait for the batch that it is writing") {
  Live f({{"mode", "behind"},
          {"thread", "none"},
          {"buffer_entries", "1"},
          {"batch_size", "1"},
          {"full_wait_ms", "20000"}});
  Quick quick;
  f.set("k", "1");
  f.store->on_write = [&](auto) {
    f.store->on_write = nullptr;
    CHECK(f.set("k", "2") == Status::kOk);  // after this one
    CHECK(f.cached->flush(kLong) == 2);
    return Fault::kNone;
  };
  CHECK(f.cached->pump_at(f.cached->now()) >= 1);
  CHECK(f.cached->flush(kLong) == 0);
  CHECK(f.store->row("k") == "2");
  f.set("k", "3");
  f.store->on_write = [&](auto) {
    f.store->on_write = nullptr;
    CHECK(f.set("l", std::string(1 << 27, 'x')) == Status::kFull);  // by this thread, through
    return Fault::kNone;
  };
  CHECK(f.set("l", "through") == Status::kOk);
  CHECK(f.store->row("l") == "through");
}

TEST_CASE("store calls: records leave in any order, and what finds no room is not recorded") {
  using What = StoreCall::What;
  int one = 0, two = 0;
  auto first = std::make_unique<StoreCall>(&one, What::kWrite, 1);
  auto second = std::make_unique<StoreCall>(&one, What::kWrite, 2);
  auto again = std::make_unique<StoreCall>(&one, What::kWrite, 1);
  first.reset();
  CHECK(StoreCall::under_way(&one, What::kWrite, 1));
  again.reset();
  CHECK_FALSE(StoreCall::under_way(&one, What::kWrite, 1));
  CHECK(StoreCall::under_way(&one, What::kWrite, 2));
  CHECK_FALSE(StoreCall::under_way(&two, What::kWrite, 2));
  CHECK_FALSE(StoreCall::under_way(&one, What::kLoad, 2));
  std::thread([&] { CHECK_FALSE(StoreCall::under_way(&one, What::kWrite, 2)); }).join();
  std::vector<std::unique_ptr<StoreCall>> many;
  for (uint64_t i = 0; i < 1000; ++i)
    many.push_back(std::make_unique<StoreCall>(&two, What::kLoad, i));
  many.clear();
  CHECK(StoreCall::under_way(&one, What::kWrite, 2));
}

}  // namespace og
