// SPDX-License-Identifier: Apache-2.0
// A token bucket a key, for tests that run its callers under every schedule.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/zeroed_block.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/token_bucket.h"
#include "tests/core/interleaver.h"

namespace og::test {

// `tokens` a second, and as many at most.
template <class Units = TokenUnits>
LimitWords tokens_a_second(int64_t tokens) {
  constexpr int64_t kSecond = 1'000'000'000;
  if constexpr (Units::kAreTokens)
    return Units::create(Rate{tokens, kSecond}, tokens, 0, 3600 * kSecond)->words();
  else
    return Units(static_cast<uint64_t>(tokens), static_cast<uint64_t>(kSecond)).words();
}

// The cells of one key's table, 34 of them: every key's window overlaps every other's.
template <class Units = TokenUnits>
struct BucketBench {
  using Table = CellTable<SteppedMemory>;
  using Bucket = TokenBucket<SteppedMemory, Units>;
  static constexpr uint64_t kKeys = 1;
  static inline const uint64_t kBytes = Bucket::Epochs::kBytes + Table::bytes_for(kKeys);

  ZeroedBlock memory{kBytes};
  typename Bucket::Epochs epochs{memory.data()};
  Table table{static_cast<char*>(memory.data()) + Bucket::Epochs::kBytes, kKeys, 1};
  Bucket bucket{table, epochs};

  explicit BucketBench(int64_t tokens) {
    epochs.begin(Bucket::first(tokens_a_second<Units>(tokens)));
  }
  // The table as another has it.
  void copy(BucketBench& other) { std::memcpy(memory.data(), other.memory.data(), kBytes); }
  bool passes(const std::string& key, int64_t now) {
    const Verdict verdict = bucket.acquire(table.hash(key), now, 1);
    return verdict.wait == 0 && !verdict.crowded_out;
  }
  // Takes every cell for keys that are busy from `now` on.
  std::vector<std::string> fill(int64_t now) {
    std::vector<std::string> keys;
    for (int i = 0; i < 200; ++i) {
      std::string key = "filler-" + std::to_string(i);
      if (passes(key, now)) keys.push_back(key);
    }
    return keys;
  }
};

// Runs bodies over what `prepare` made, each schedule over a copy of it, and judges what they left.
template <class Bench, class Prepare, class Judge>
int64_t all_schedules(int preemptions, bool death, Prepare prepare,
                      const std::vector<std::function<void(Bench&)>>& bodies, Judge judge) {
  Bench prepared;
  prepare(prepared);
  std::unique_ptr<Bench> bench;
  return Interleaver::explore(
      preemptions, death,
      [&] {
        bench = std::make_unique<Bench>();
        bench->copy(prepared);
        Interleaver::Bodies all;
        for (const auto& body : bodies) all.push_back([&, body] { body(*bench); });
        return all;
      },
      [&](bool died) { judge(*bench, died); });
}

}  // namespace og::test
