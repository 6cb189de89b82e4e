// SPDX-License-Identifier: Apache-2.0
// The seam between a breaker and its policy: one of the test's own in a list beside the library's.
#include "core/guard/breaker_policies.h"

#include <cstring>
#include <string>
#include <type_traits>

#include "core/base/registry.h"
#include "tests/catch.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kEveryRows[] = {
    {.name = "opens_at", .type = OptionType::kInt, .fallback = "2", .min = 1, .max = 9},
};
// clang-format on
constexpr OptionTable kEveryOptions{"toy", kEveryRows};

// Opens at the nth result, whatever it is.
class EveryNth {
 public:
  static constexpr const char* kWord = "every_nth";
  static constexpr std::span<const OptionSpec> kOptions = kEveryRows;
  static constexpr uint64_t kBytes = 24;

  static std::function<void(char* cells)> writer(const Options& options) {
    const int64_t nth = OptionsOf<kEveryOptions>::among(options).integer("opens_at");
    return [nth](char* cells) { std::memcpy(cells + 16, &nth, sizeof nth); };
  }
  explicit EveryNth(char* cells) { std::memcpy(&nth_, cells + 16, sizeof nth_); }
  Judged judge(int64_t count, bool) const noexcept { return {count + 1, count + 1 == nth_}; }

 private:
  int64_t nth_ = 0;
};

class Mute {  // gives no judgement
 public:
  static constexpr const char* kWord = "mute";
  static constexpr std::span<const OptionSpec> kOptions{};
  static constexpr uint64_t kBytes = 0;
  static std::function<void(char* cells)> writer(const Options&) { return {}; }
  explicit Mute(char*) {}
};
static_assert(BreakerPolicy<EveryNth>);
static_assert(!BreakerPolicy<Mute>);

using Policies = BreakerPolicyList<Consecutive, EveryNth>;
static_assert(Policies::kMostBytes == 24);

constexpr OptionSpec kHead[] = {{.name = "policy",
                                 .type = OptionType::kEnum,
                                 .fallback = "consecutive",
                                 .choices = RegisteredWords<Policies::kRows>::kText}};
constexpr OptionSpec kTail[] = {
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .max = 9}};
constexpr auto kRows = with_registered<Policies::kRows>(kHead, kTail);
constexpr OptionTable kTable{"breaker", kRows};

// The failures in a row at which the chosen policy opens; 0 when it did not within ten.
int opens_at(std::initializer_list<std::pair<const char*, const char*>> options) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  auto resolved = OptionsOf<kTable>::resolve(config);
  REQUIRE(resolved);
  const Policies::Row& row = Policies::kRows[resolved->chosen("policy")];
  alignas(16) char cells[Policies::kMostBytes] = {};
  row.writer (*resolved)(cells);
  const Policies::Any policy = row.over(cells);
  int64_t count = 0;
  for (int i = 1; i <= 10; ++i) {
    const Judged judged =
        visit_variant(policy, [&](const auto& held) { return held.judge(count, false); });
    if (judged.opens) return i;
    count = judged.count;
  }
  return 0;
}

}  // namespace

TEST_CASE("breaker: a policy of a list is made by its word, from options of its own") {
  CHECK(std::string(kRows[0].choices) == "consecutive|every_nth");
  CHECK(opens_at({}) == 5);
  CHECK(opens_at({{"failure_threshold", "3"}}) == 3);
  CHECK(opens_at({{"policy", "every_nth"}}) == 2);
  CHECK(opens_at({{"policy", "every_nth"}, {"opens_at", "7"}, {"failure_threshold", "3"}}) == 7);
}

}  // namespace og
