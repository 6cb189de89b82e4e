// SPDX-License-Identifier: Apache-2.0
// Write-behind, pumped by hand on a manual clock.
#include "tests/core/faulty_store.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;
using Source = CachedStore::Source;
using Fixture = CachedStoreFixture;

std::vector<std::string> keys_of(const FaultyStore::Call& call) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : call.writes) keys.push_back(key);
  return keys;
}
using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("behind: a batch is due when it is full or when its first has waited") {
  Fixture f({{"mode", "behind"}, {"batch_size", "3"}, {"flush_interval_ms", "100"}});
  CHECK(f.cached->due_at(0) == kNeverExpires);
  f.set("a", "1");
  f.advance_ms(60);
  f.set("b", "2");
  CHECK(f.cached->due_at(f.clock->now()) == 100 * kMs);
  f.advance_ms(39);
  CHECK(f.pump() == 0);
  f.advance_ms(1);
  CHECK(f.pump() == 2);  // b goes along
  for (const char* key : {"c", "d", "e", "f"}) f.set(key, "3");
  CHECK(f.pump() == 3);
  CHECK(f.pump() == 0);
  f.advance_ms(100);
  CHECK(f.pump() == 1);
  auto calls = f.store->calls();
  REQUIRE(calls.size() == 3);
  CHECK(keys_of(calls[0]) == Keys{"a", "b"});
  CHECK(keys_of(calls[1]) == Keys{"c", "d", "e"});
  CHECK(keys_of(calls[2]) == Keys{"f"});
  CHECK(f.buffer().pending == 0);
  CHECK(f.buffer().bytes == 0);
  CHECK(f.buffer().batches == 3);
}

TEST_CASE("behind: of writes to one key the last is written, no later than the first was due") {
  Fixture f({{"mode", "behind"}, {"flush_interval_ms", "100"}});
  for (const char* value : {"1", "22", "333", "4"}) {
    CHECK(f.set("k", value) == Status::kOk);
    f.advance_ms(30);
  }
  CHECK(f.pump() == 1);
  CHECK(f.store->row("k") == "4");
  CHECK(f.store->calls().size() == 1);
  CHECK(f.buffer().coalesced == 3);
  CHECK(f.buffer().bytes == 0);
}

TEST_CASE("behind: a key being written is in no second batch, and goes again when it comes back") {
  Fixture f({{"mode", "behind"}, {"batch_size", "1"}});
  f.set("k", "1");
  auto first = f.cached->take_at(0);
  REQUIRE(first.writes.size() == 1);
  f.set("k", "2");
  f.set("other", "x");
  auto second = f.cached->take_at(0);
  REQUIRE(second.writes.size() == 1);
  CHECK(second.writes[0].key == "other");
  f.set("k", "3");
  CHECK(f.cached->take_at(0).empty());
  CHECK(f.buffer().writing == 2);
  f.cached->complete_at(first, nullptr, 0);
  auto third = f.cached->take_at(0);
  REQUIRE(third.writes.size() == 1);
  CHECK(third.writes[0].value == "3");
  f.cached->complete_at(second, nullptr, 0);
  f.cached->complete_at(third, nullptr, 0);
  CHECK(f.buffer().pending == 0);
}

TEST_CASE("behind: a write evicted from the cache is read from the buffer, a deletion too") {
  Fixture f({{"mode", "behind"}});
  f.store->put("gone", "old");
  f.set("k", "1");
  f.erase("gone");
  f.cache->clear();
  CHECK(f.get("k") == "1");
  CHECK(f.source == Source::kBuffer);
  CHECK(f.get("k") == "1");
  CHECK(f.source == Source::kCache);
  CHECK(f.get("gone") == "-");
  CHECK(f.source == Source::kBuffer);
  auto batch = f.cached->take_at(5'000 * kMs);
  f.cache->clear();
  CHECK(f.get("k") == "1");  // also while it is being written
  CHECK(f.source == Source::kBuffer);
  f.cached->complete_at(batch, nullptr, 0);
  CHECK(f.store->reads() == 0);
}

TEST_CASE(
    "behind: delays of retries double, are drawn from all of it, and stay below their maximum") {
  int64_t longest[8] = {}, shortest[8];
  std::fill(std::begin(shortest), std::end(shortest), INT64_MAX);
  for (int seed = 1; seed <= 300; ++seed) {
    WriteBufferLimits limits{.bytes = 1 << 20,
                             .entries = 10,
                             .batch_size = 1,
                             .interval_ns = 0,
                             .retry_attempts = 100,
                             .retry_base_ns = 100 * kMs,
                             .retry_max_ns = 1000 * kMs,
                             .dead_letters = 1,
                             .seed = static_cast<uint64_t>(seed)};
    WriteBuffer buffer(limits, [](std::string_view) {});
    REQUIRE(buffer.add("k", "v", 0) == Status::kOk);
    int64_t now = 0;
    for (int attempt = 0; attempt < 8; ++attempt) {
      auto batch = buffer.take(now);
      REQUIRE(batch.writes.size() == 1);
      Error error{Status::kStore, "no", {}};
      buffer.complete(batch, &error, now);
      int64_t delay = buffer.due_at(now) - now;
      CHECK(buffer.take(now + delay - 1).empty());
      longest[attempt] = std::max(longest[attempt], delay);
      shortest[attempt] = std::min(shortest[attempt], delay);
      now += delay;
    }
  }
  for (int attempt = 0; attempt < 8; ++attempt) {
    int64_t most = std::min<int64_t>(100 * kMs << attempt, 1000 * kMs);
    CHECK(longest[attempt] <= most);
    CHECK(longest[attempt] > most * 9 / 10);  // 300 draws: misses a tenth once in 10^13
    CHECK(shortest[attempt] < most / 10);
    CHECK(shortest[attempt] >= 1);
  }
}

TEST_CASE("behind: what failed together is tried again one by one, so that a bad write is alone") {
  Fixture f({{"mode", "behind"}, {"retry_attempts", "2"}, {"flush_interval_ms", "0"}});
  f.store->on_write = [](std::span<const StoreWrite> batch) {
    for (const StoreWrite& write : batch) {
      if (write.key == "bad") return Fault::kHalf;
    }
    return Fault::kNone;
  };
  for (const char* key : {"a", "b", "c", "bad"}) f.set(key, "v");
  CHECK(f.pump() == 0);
  for (int i = 0; i < 5; ++i) {
    f.advance_ms(1000);
    f.pump();
  }
  for (const char* key : {"a", "b", "c"}) CHECK(f.store->row(key) == "v");
  CHECK_FALSE(f.store->row("bad"));
  auto letters = f.cached->dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].write.get()->key() == "bad");
  CHECK(letters[0].attempts == 3);
  CHECK(letters[0].error.message == "the store refused");
}

TEST_CASE("behind: a newer write of a failing key starts its attempts anew") {
  Fixture f({{"mode", "behind"}, {"retry_attempts", "1"}, {"flush_interval_ms", "0"}});
  f.store->on_write = [](auto) { return Fault::kRefused; };
  f.set("k", "1");
  f.pump();
  f.set("k", "2");
  f.advance_ms(10'000);
  f.pump();
  CHECK(f.buffer().dead_letters == 0);
  f.advance_ms(10'000);
  f.pump();
  CHECK(f.buffer().dead_letters == 1);
  CHECK(f.buffer().failures == 3);
}

TEST_CASE("behind: a dead letter is not read, is redriven, discarded, or overtaken") {
  Fixture f({{"mode", "behind"}, {"retry_attempts", "0"}, {"flush_interval_ms", "0"}});
  f.store->put("k", "old");
  f.store->on_write = [](auto) { return Fault::kRefused; };
  auto kill = [&] {
    f.set("k", "new");
    f.pump();
    CHECK(f.buffer().dead_letters == 1);
    CHECK(f.buffer().pending == 0);
    CHECK(f.buffer().bytes == 0);
    CHECK(f.get("k") == "old");
    CHECK(f.source == Source::kStore);
  };
  kill();
  f.store->on_write = nullptr;
  CHECK(f.cached->redrive_at("other", 0) == Status::kMiss);
  CHECK(f.cached->redrive_at("k", 0) == Status::kOk);
  CHECK(f.get("k") == "new");
  CHECK(f.pump() == 1);
  CHECK(f.store->row("k") == "new");

  f.store->put("k", "old");
  f.store->on_write = [](auto) { return Fault::kRefused; };
  kill();
  CHECK(f.cached->discard("k"));
  CHECK_FALSE(f.cached->discard("k"));
  CHECK(f.buffer().dead_letters == 0);

  kill();
  f.set("k", "newer");
  CHECK(f.buffer().dead_letters == 0);
  CHECK(f.get("k") == "newer");
  f.store->on_write = nullptr;
  f.advance_ms(10'000);
  CHECK(f.pump() == 1);
  CHECK(f.store->row("k") == "newer");
  CHECK(f.buffer().buried == 3);
}

TEST_CASE("behind: beyond its room for dead letters a write stays and is tried on") {
  Fixture f({{"mode", "behind"},
             {"retry_attempts", "0"},
             {"flush_interval_ms", "0"},
             {"dead_letters", "2"}});
  f.store->on_write = [](auto) { return Fault::kRefused; };
  for (const char* key : {"a", "b", "c", "d"}) f.set(key, "v");
  for (int i = 0; i < 20; ++i) {
    f.pump();
    f.advance_ms(60'000);
  }
  CHECK(f.buffer().dead_letters == 2);
  CHECK(f.buffer().pending == 2);
  f.store->on_write = nullptr;
  CHECK(f.pump() == 2);
  CHECK(f.cached->redrive_all_at(f.clock->now()) == 2);
  CHECK(f.pump() == 2);
  CHECK(f.store->rows().size() == 4);
}

TEST_CASE("behind: a flush hurries everything, retries too, and tells what is left") {
  Fixture f({{"mode", "behind"}, {"flush_interval_ms", "3600000"}, {"batch_size", "2"}});
  for (const char* key : {"a", "b", "c"}) f.set(key, "v");
  CHECK(f.cached->flush(0) == 0);
  CHECK(f.store->rows().size() == 3);
  f.store->on_write = [](auto) { return Fault::kRefused; };
  for (const char* key : {"d", "e", "f"}) f.set(key, "v");
  CHECK(f.cached->flush(kNeverExpires) == 3);
  f.set("late", "v");
  f.store->on_write = nullptr;
  CHECK(f.cached->flush(0) == 0);
  CHECK(f.store->rows().size() == 7);
  CHECK(f.cached->flush(0) == 0);
}

TEST_CASE("behind: a flush in parts hurries once, and waits for nothing that came after it") {
  Fixture f({{"mode", "behind"},
             {"flush_interval_ms", "3600000"},
             {"batch_size", "1"},
             {"retry_attempts", "1"}});
  f.store->on_write = [](auto) { return Fault::kRefused; };
  f.set("a", "v");
  int64_t flush = f.cached->begin_flush(false);
  for (int part = 0; part < 3; ++part) CHECK(f.cached->await_flush(flush, 0) == 1);
  CHECK(f.buffer().failures == 1);  // its retry is as far off as any
  CHECK(f.buffer().dead_letters == 0);
  f.set("late", "v");
  f.store->on_write = nullptr;
  f.advance_ms(30'000);
  CHECK(f.cached->await_flush(flush, 0) == 0);
  CHECK(f.store->row("a") == "v");
  CHECK_FALSE(f.store->row("late"));
}

TEST_CASE("behind: a close in parts refuses from its first and counts all since then") {
  Fixture f({{"mode", "behind"}, {"retry_attempts", "0"}, {"batch_size", "1"}});
  f.store->on_write = [](auto) { return Fault::kRefused; };
  f.set("before", "v");
  CHECK(f.cached->flush(0) == 0);
  CHECK(f.buffer().dead_letters == 1);
  auto held = [&] {
    f.set("held", "v");
    return f.cached->take_at(5'000 * kMs);
  }();
  f.set("a", "v");
  int64_t flush = f.cached->begin_flush(true);
  CHECK(f.set("x", "v") == Status::kClosed);
  CHECK(f.cached->await_flush(flush, 0) == 1);  // the one that is held: a was given up
  CHECK(f.buffer().dead_letters == 2);
  CHECK(f.cached->close(0) == 2);
  f.cached->complete_at(held, nullptr, 0);
  CHECK(f.cached->close(0) == 0);
}

TEST_CASE("behind: closing writes what it can; the rest is dead letters and counted") {
  Fixture f({{"mode", "behind"}, {"dead_letters", "1"}, {"batch_size", "1"}});
  f.store->on_write = [](std::span<const StoreWrite> batch) {
    return batch[0].key < "c" ? Fault::kNone : Fault::kRefused;
  };
  for (const char* key : {"a", "b", "c", "d", "e"}) f.set(key, "v");
  auto held = f.cached->take_at(0);
  REQUIRE(held.writes[0].key == "a");
  CHECK(f.cached->close(0) == 4);
  CHECK(f.buffer().dead_letters == 3);
  CHECK(f.buffer().pending == 1);
  CHECK(f.cached->dead_letters()[0].error.message == "the store refused");
  CHECK(f.set("x", "v") == Status::kClosed);
  CHECK(f.cached->redrive_at("c", 0) == Status::kClosed);
  CHECK(f.cached->redrive_all_at(0) == 0);
  f.cached->complete_at(held, nullptr, 0);
  CHECK(f.buffer().pending == 0);
  CHECK(f.cached->close(0) == 0);
}

TEST_CASE("behind: destroying drains") {
  Fixture f({{"mode", "behind"}});
  f.set("a", "1");
  f.cached.reset();
  CHECK(f.store->row("a") == "1");
}

}  // namespace og
