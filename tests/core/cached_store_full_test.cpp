// SPDX-License-Identifier: Apache-2.0
// Write-behind with a full buffer: each policy, and a key's order where its caller writes it.
#include "tests/core/faulty_store.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;
using Source = CachedStore::Source;
using Fixture = CachedStoreFixture;

}  // namespace

TEST_CASE("full: refused, nothing changed, and due at once") {
  Fixture f({{"mode", "behind"}, {"buffer_entries", "2"}, {"full", "refuse"}});
  f.store->put("c", "old");
  f.set("a", "1");
  f.set("b", "1");
  CHECK(f.set("c", "1") == Status::kFull);
  CHECK(f.get("c") == "old");
  CHECK(f.set("a", "2") == Status::kOk);  // its entry is there
  CHECK(f.cached->stats().refused == 1);
  CHECK(f.cached->due_at(0) == 0);
  CHECK(f.pump() == 2);
  CHECK(f.set("c", "1") == Status::kOk);
}

TEST_CASE("full: by bytes, of keys, values and entries") {
  Fixture f({{"mode", "behind"}, {"buffer_bytes", "1024"}, {"full", "refuse"}});
  const int64_t room = 1024 - WriteBuffer::kEntryOverhead - 2;
  CHECK(f.set("k", std::string(static_cast<size_t>(room + 1), 'x')) == Status::kFull);
  CHECK(f.set("k", std::string(static_cast<size_t>(room), 'x')) == Status::kOk);
  CHECK(f.buffer().bytes == 1024);
  CHECK(f.set("k", "x") == Status::kOk);
  CHECK(f.buffer().bytes == WriteBuffer::kEntryOverhead + 3);
  CHECK(f.set("l", "x") == Status::kOk);
  CHECK(f.erase("m") == Status::kFull);
  CHECK(f.pump() == 2);
  CHECK(f.buffer().bytes == 0);
}

TEST_CASE("full: blocked, its caller writes batches until there is room") {
  Fixture f({{"mode", "behind"}, {"buffer_entries", "2"}, {"full", "block"}, {"batch_size", "2"}});
  for (const char* key : {"a", "b", "c", "d", "e"}) CHECK(f.set(key, "1") == Status::kOk);
  CHECK(f.store->rows().size() == 4);
  CHECK(f.set("big", std::string(size_t{1} << 27, 'x')) == Status::kFull);  // never fits
  f.store->on_write = [](auto) { return Fault::kRefused; };
  CHECK(f.set("f", "1") == Status::kOk);
  CHECK(f.set("g", "1") == Status::kFull);
  CHECK(f.get("f") == "1");
}

TEST_CASE("full: written through, to store and cache") {
  Fixture f({{"mode", "behind"}, {"buffer_entries", "1"}});
  f.set("a", "1");
  CHECK(f.set("b", "1") == Status::kOk);
  CHECK(f.store->row("b") == "1");
  CHECK_FALSE(f.store->row("a"));
  CHECK(f.get("b") == "1");
  CHECK(f.source == Source::kCache);
  CHECK(f.cached->stats().written_through == 1);
  CHECK(f.erase("b") == Status::kOk);
  CHECK_FALSE(f.store->row("b"));
  CHECK(f.get("b") == "-");
  CHECK(f.store->reads() == 0);
  f.store->on_write = [](auto) { return Fault::kApplied; };
  CHECK(f.set("b", "2") == Status::kStore);
  CHECK(f.get("b") == "2");
  CHECK(f.source == Source::kStore);
  CHECK(f.buffer().pending == 1);
}

TEST_CASE(
    "full: written through, it takes the place of the key's older write, or leaves it there") {
  for (bool fails : {false, true}) {
    Fixture f({{"mode", "behind"}, {"buffer_bytes", "1024"}});
    const std::string large(2000, 'x');
    f.set("k", "small");
    f.store->on_write = [&](std::span<const StoreWrite>) {
      f.cache->clear();
      CHECK(f.get("k") == "small");  // acknowledged before, and the new one is not
      CHECK(f.cached->take_at(3'600'000 * kMs).empty());
      return fails ? Fault::kRefused : Fault::kNone;
    };
    CHECK(f.set("k", large) == (fails ? Status::kStore : Status::kOk));
    f.store->on_write = nullptr;
    f.cache->clear();
    CHECK(f.get("k") == (fails ? "small" : large));
    CHECK(f.buffer().pending == fails);
    CHECK(f.cached->flush(0) == 0);
    CHECK(f.store->row("k") == (fails ? "small" : large));
    CHECK(f.buffer().bytes == 0);
    CHECK(f.buffer().writing == 0);
  }
}

TEST_CASE("full: written through, a newer write meanwhile comes after it") {
  for (Fault fault : {Fault::kNone, Fault::kRefused, Fault::kApplied}) {
    Fixture f({{"mode", "behind"}, {"buffer_entries", "1"}, {"flush_interval_ms", "0"}});
    f.set("a", "1");
    f.store->on_write = [&](std::span<const StoreWrite>) {
      f.store->on_write = nullptr;
      CHECK(f.set("k", "newer") == Status::kOk);  // its entry is there
      CHECK(f.pump() == 1);                       // a's; k is being written
      return fault;
    };
    CHECK(f.set("k", "older") == (fault == Fault::kNone ? Status::kOk : Status::kStore));
    CHECK(f.get("k") == "newer");
    CHECK(f.pump() == 1);
    CHECK(f.store->row("k") == "newer");
    CHECK(f.get("k") == "newer");
    CHECK(f.store->reads() == 0);
    CHECK(f.cached->flush(0) == 0);
    CHECK(f.buffer().bytes == 0);
  }
}

TEST_CASE("full: not written through while a batch has an older write of the key") {
  Fixture f({{"mode", "behind"}, {"buffer_bytes", "1024"}});
  const std::string large(2000, 'x');
  f.set("k", "1");
  auto batch = f.cached->take_at(3'600'000 * kMs);
  CHECK(f.set("k", large) == Status::kFull);
  CHECK(f.store->calls().empty());
  CHECK(f.get("k") == "1");
  f.cached->complete_at(batch, nullptr, 0);
  CHECK(f.set("k", large) == Status::kOk);
  CHECK(f.store->row("k") == large);
}

TEST_CASE("full: a dead letter comes back when the write that overtook it fails") {
  Fixture f({{"mode", "behind"},
             {"buffer_entries", "1"},
             {"retry_attempts", "0"},
             {"flush_interval_ms", "0"}});
  f.store->on_write = [](auto) { return Fault::kRefused; };
  f.set("k", "dead");
  f.pump();
  REQUIRE(f.buffer().dead_letters == 1);
  f.set("a", "1");
  CHECK(f.set("k", "2") == Status::kStore);
  CHECK(f.buffer().dead_letters == 1);
  CHECK(f.buffer().buried == 1);
  CHECK(f.get("k") == "-");
  f.store->on_write = nullptr;
  CHECK(f.set("k", "3") == Status::kOk);
  CHECK(f.buffer().dead_letters == 0);
  CHECK(f.store->row("k") == "3");
  CHECK(f.cached->flush(0) == 0);
  CHECK(f.buffer().bytes == 0);
}

}  // namespace og
