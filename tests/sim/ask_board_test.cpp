// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/ask_board.h"

#include <memory>
#include <string>

#include "core/base/zeroed_block.h"
#include "tests/catch.h"
#include "tests/core/interleaver.h"

namespace og {
namespace {

using test::Interleaver;
using test::SteppedMemory;

template <class M>
struct Bench {
  ZeroedBlock memory{AskBoard<M>::kBytes};
  AskBoard<M> board{memory.data()};

  // What is asked for of the key, in all slots that it has; those are counted.
  uint64_t asked(std::string_view key, int* slots = nullptr) {
    uint64_t tokens = 0;
    board.for_each([&](size_t at, uint64_t) {
      if (board.key(at) != key) return;
      tokens += board.take_asked(at).tokens;
      if (slots) ++*slots;
    });
    return tokens;
  }
};

constexpr uint64_t kHash = 0x1234'5678'9abc'def0;

}  // namespace

TEST_CASE("what workers ask for comes to the agent with its key") {
  Bench<Memory> b;
  const uint64_t before = b.board.asks();
  REQUIRE(b.board.ask(kHash, "alice", 2, 1));
  REQUIRE(b.board.ask(kHash, "alice", 5, 1));
  REQUIRE(b.board.ask(kHash ^ 0xff00, "", 1, 1));
  REQUIRE(b.board.asks() == before + 3);
  int keys = 0;
  b.board.for_each([&](size_t at, uint64_t tag) {
    ++keys;
    const auto asked = b.board.take_asked(at);
    if (b.board.key(at).empty()) {
      REQUIRE(asked.tokens == 1);
      return;
    }
    REQUIRE(b.board.key(at) == "alice");
    REQUIRE(tag == (kHash | 1));
    REQUIRE(asked.tokens == 7);
    REQUIRE(asked.largest == 5);
    REQUIRE(b.board.take_asked(at).tokens == 0);
  });
  REQUIRE(keys == 2);
}

TEST_CASE("a key's workers are told until when there is none, of how many") {
  Bench<Memory> b;
  REQUIRE(b.board.wait(kHash, 1, 0) == 0);
  b.board.ask(kHash, "alice", 1, 1);
  REQUIRE(b.board.wait(kHash, 1, 100) == 0);
  b.board.for_each([&](size_t at, uint64_t) { b.board.none_until(at, 150, 3); });
  REQUIRE(b.board.wait(kHash, 3, 100) == 50);
  REQUIRE(b.board.wait(kHash, 2, 100) == 0);
  REQUIRE(b.board.wait(kHash, 3, 150) == 0);
  b.board.for_each([&](size_t at, uint64_t tag) { b.board.free(at, tag); });
  REQUIRE(b.board.wait(kHash, 3, 100) == 0);
  b.board.ask(kHash, "alice", 1, 1);
  REQUIRE(b.board.wait(kHash, 3, 100) == 0);  // a slot begins with nothing of what it was
}

TEST_CASE("of a key that is too long a hash is asked for, the same on all machines") {
  Bench<Memory> b, other;
  const std::string fits(AskBoard<>::kLongestKey, 'x');
  const auto asked = [](Bench<Memory>& bench, const std::string& key) {
    const uint64_t hash = hash64(key, 7);
    REQUIRE(bench.board.ask(hash, key, 1, 1));
    std::string name;
    bench.board.for_each([&](size_t at, uint64_t tag) {
      if (tag == (hash | 1)) {
        name = bench.board.key(at);
        REQUIRE(bench.board.hash(at) == hash);
      }
    });
    return name;
  };
  REQUIRE(asked(b, fits) == fits);
  const std::string name = asked(b, fits + "x");
  REQUIRE(name.size() == 33);
  REQUIRE(asked(other, fits + "x") == name);
  REQUIRE(asked(b, fits + "y") != name);
}

TEST_CASE("a full board asks for no more, and nothing is torn") {
  Bench<Memory> b;
  REQUIRE(b.board.ask(1, std::string(AskBoard<>::kLongestKey, 'x'), 1, 1));
  uint64_t hash = 1;
  size_t kept = 1;
  for (int i = 0; i < 5000; ++i) {
    hash = hash * 6364136223846793005u + 1442695040888963407u;
    kept += b.board.ask(hash, std::to_string(hash), 1, 1);
  }
  REQUIRE(kept <= AskBoard<>::kSlots);
  REQUIRE(kept > AskBoard<>::kSlots * 9 / 10);
  size_t seen = 0;
  b.board.for_each([&](size_t at, uint64_t tag) {
    ++seen;
    const std::string key = b.board.key(at);
    if (key[0] != 'x') REQUIRE((std::stoull(key) | 1) == tag);
    b.board.free(at, tag);
  });
  REQUIRE(seen == kept);
  REQUIRE(b.board.ask(hash, "again", 1, 1));
}

// Two workers of one key, one of which may be killed, and the agent, which frees what it meets.
TEST_CASE("no schedule loses an ask, or a slot, for good") {
  std::unique_ptr<Bench<SteppedMemory>> b;
  for (bool death : {false, true}) {
    uint64_t seen = 0;
    const int64_t schedules = Interleaver::explore(
        2, death,
        [&]() -> Interleaver::Bodies {
          b = std::make_unique<Bench<SteppedMemory>>();
          seen = 0;
          return {[&b] { b->board.ask(kHash, "k", 1, 7); },
                  [&b] { b->board.ask(kHash, "k", 1, 8); }};
        },
        [&](bool died) {
          int slots = 0;
          seen = b->asked("k", &slots);
          REQUIRE(slots <= 2);
          REQUIRE(seen <= 2);
          REQUIRE(seen >= (died ? 1 : 2));
          // Another's ask finds the key, whatever was left of it; the dead's slot is free again.
          b->board.sweep([](uint64_t owner) { return owner != 7; });
          REQUIRE(b->board.ask(kHash, "k", 1, 8));
          const uint64_t again = b->asked("k");
          REQUIRE(again >= 1);
          REQUIRE(again <= (died ? 2 - seen + 1 : 1));  // the dead's ask may come to light with it
          for (size_t at = 0; at < AskBoard<SteppedMemory>::kSlots; ++at) {
            if (const uint64_t tag = b->board.key_tag(at)) b->board.free(at, tag);
          }
          size_t free = 0;
          for (uint64_t i = 0; i < AskBoard<SteppedMemory>::kWindow; ++i)
            free += b->board.ask(kHash + (i << 1), std::to_string(i), 1, 8);
          REQUIRE(free == AskBoard<SteppedMemory>::kWindow);
        });
    REQUIRE(schedules > 200);
  }
}

}  // namespace og
