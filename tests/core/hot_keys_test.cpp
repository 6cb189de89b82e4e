// SPDX-License-Identifier: Apache-2.0
#include "core/limit/hot_keys.h"

#include <algorithm>
#include <iterator>

#include "core/base/hash.h"
#include "core/base/random.h"
#include "tests/catch.h"

namespace og {
namespace {

struct alignas(64) Block {
  char bytes[HotKeys::kBytes] = {};
};
uint64_t hash(std::string_view key) { return hash64(key, 7); }

}  // namespace

TEST_CASE("hot keys: few keys are counted exactly, the most denied first") {
  Block block;
  HotKeys hot(block.bytes);
  for (int i = 0; i < 5; ++i) hot.note("often", hash("often"));
  hot.note("once", hash("once"));
  const std::string emoji("\xf0\x9f\x8d\xb5\0!", 6);
  for (int i = 0; i < 3; ++i) hot.note(emoji, hash(emoji));
  auto seen = hot.hottest(hash);
  REQUIRE(seen.size() == 3);
  CHECK((seen[0].key == "often" && seen[0].denied == 5));
  CHECK((seen[1].key == emoji && seen[1].denied == 3));
  CHECK((seen[2].key == "once" && seen[2].denied == 1));
}

// Metwally, Agrawal and El Abbadi, theorem 2 and lemma 3: a key with more than n / slots of n
// denials is among them, and no count is under the true one or over it by more than n / slots.
TEST_CASE("hot keys: a heavy key is found in a flood of others, within Space-Saving's bound") {
  Block block;
  HotKeys hot(block.bytes);
  Random random(1);
  constexpr int64_t kDenials = 100'000;
  int64_t heavy = 0;
  for (int64_t i = 0; i < kDenials; ++i) {
    const bool is_heavy = random.next() % 10 == 0;
    heavy += is_heavy;
    const std::string key = is_heavy ? "heavy" : "flood-" + std::to_string(random.next());
    hot.note(key, hash(key));
  }
  auto seen = hot.hottest(hash);
  REQUIRE(!seen.empty());
  CHECK(seen[0].key == "heavy");
  CHECK(seen[0].denied >= heavy);
  CHECK(seen[0].denied <= heavy + kDenials / static_cast<int64_t>(HotKeys::kSlots));
}

TEST_CASE("hot keys: long keys are cut, torn ones are not shown, a writer who died is replaced") {
  Block block;
  HotKeys hot(block.bytes);
  const std::string longer(500, 'x');
  hot.note(longer, hash(longer));
  CHECK(hot.hottest(hash)[0].key == std::string(HotKeys::kLongestKey, 'x'));
  hot.note("torn", hash("other"));
  CHECK(hot.hottest(hash).size() == 1);

  Block dying;
  HotKeys left(dying.bytes);
  for (size_t i = 0; i < HotKeys::kSlots; ++i) {  // every slot is being written, by nobody any more
    reinterpret_cast<uint64_t*>(dying.bytes)[HotKeys::kSlots + i] = 3;
  }
  CHECK(left.hottest(hash).empty());
  left.note("alive", hash("alive"));
  REQUIRE(left.hottest(hash).size() == 1);
  CHECK(left.hottest(hash)[0].key == "alive");
}

// Who was held up while writing goes on over the next one's key. Of a long key only the first bytes
// are kept, and its own hash is of all.
TEST_CASE("hot keys: a torn key is not shown, however long it is") {
  Block block;
  HotKeys hot(block.bytes);
  const std::string longer(500, 'x');
  hot.note(longer, hash(longer));
  REQUIRE(hot.hottest(hash).size() == 1);
  char* kept = std::search(block.bytes, std::end(block.bytes), longer.begin(), longer.begin() + 8);
  REQUIRE(kept != std::end(block.bytes));
  kept[40] = 'y';
  CHECK(hot.hottest(hash).empty());
}

}  // namespace og
