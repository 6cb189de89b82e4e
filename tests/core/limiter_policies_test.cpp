// SPDX-License-Identifier: Apache-2.0
// The seam between a limiter and its policy.
#include "core/base/zeroed_block.h"
#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

// A bucket of one token, on the token bucket's own cells.
class Spaced {
 public:
  using Cells = TokenBucket<>;
  static constexpr const char* kWord = "spaced";
  static constexpr std::span<const OptionSpec> kOptions{};

  static Result<Spaced> create(const LimitSetup& setup) {
    return Spaced(*TokenUnits::create(setup.rate, 1));
  }
  static uint64_t tag_mask(uint64_t) noexcept { return ~uint64_t{0}; }
  uint64_t words() const noexcept { return 0; }
  LimitWords kept() const noexcept { return units_.words(); }
  Result<void> can_follow(uint64_t, TokensInheritance) const { return {}; }
  Cells over(const CellsAt<>& at) const noexcept { return {at.table, at.epochs}; }

 private:
  explicit Spaced(TokenUnits units) : units_(units) {}
  TokenUnits units_;
};

}  // namespace

TEST_CASE("limiter: two policies may decide on cells of one type") {
  using Policies = LimitPolicyList<TokenBucketPolicy, Spaced>;
  Config config;
  config.set("rate", "3/s");
  auto options = Options::resolve(kLimiterOptions, config);
  REQUIRE(options);
  for (size_t chosen : {size_t{0}, size_t{1}}) {
    ZeroedBlock memory(CellTable<>::bytes_for(64));
    CellTable<> table(memory.data(), 64, 7, ~uint64_t{0});
    auto policy = Policies::create(chosen, {Rate{3, 1'000'000'000}, *options});
    REQUIRE(policy);
    ZeroedBlock words(LimitEpochs<>::kBytes);
    LimitEpochs<> epochs(words.data());
    epochs.begin(Policies::first(*policy));
    auto cells = Policies::over(*policy, {table, epochs, nullptr, 0});
    CHECK(cells.index() == chosen);
    const int64_t passed = visit_variant(cells, [&](auto& held) {
      int64_t count = 0;
      while (held.acquire(table.hash("key"), 0, 1).wait == 0) ++count;
      return count;
    });
    CHECK(passed == (chosen == 0 ? 3 : 1));
  }
}

}  // namespace og
