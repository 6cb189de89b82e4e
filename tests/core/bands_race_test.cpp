// SPDX-License-Identifier: Apache-2.0
// What a decision over several rates does where another takes from the key between its look and its
// take: told by rates whose looks pass whatever they answer when they are asked to give.
#include <cstdint>
#include <variant>
#include <vector>

#include "core/limit/bands.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Told {
  std::vector<int64_t> given_back{};  // costs
  int64_t acquired = 0;
};

// Its look passes; its answer to an acquire is what it was made with.
struct Changed {
  Verdict answer;
  Told* told;

  Verdict peek(uint64_t, int64_t, int64_t) noexcept { return {}; }
  Verdict acquire(uint64_t, int64_t, int64_t) noexcept {
    ++told->acquired;
    return answer;
  }
  int64_t give_back(uint64_t, int64_t, int64_t cost) noexcept {
    told->given_back.push_back(cost);
    return cost;
  }
};
using Rates = Bands<std::variant<Changed>>;

struct Made {
  explicit Made(const std::vector<Verdict>& answers, Crowd crowd = Crowd::kDeny)
      : told(answers.size()) {
    std::vector<Rates::Band> bands;
    for (size_t i = 0; i < answers.size(); ++i)
      bands.push_back({&table, Changed{answers[i], &told[i]}});
    rates.emplace_back(std::move(bands), crowd);
  }
  Verdict acquire(int64_t cost) { return rates.front().acquire(7, 0, cost); }

  alignas(64) char memory[4096] = {};
  CellTable<> table{memory, 1, 0};
  std::vector<Told> told;
  std::vector<Rates> rates;
};

constexpr Verdict kPassed{};
constexpr Verdict kRefused{.wait = 9};
constexpr Verdict kNoCell{.wait = 9, .crowded_out = true};

}  // namespace

TEST_CASE("what rates gave before one of them refused is given back", "[bands]") {
  Made made({kPassed, kPassed, kRefused, kPassed});
  CHECK(made.acquire(3).wait == 9);
  CHECK(made.told[0].given_back == std::vector<int64_t>{3});
  CHECK(made.told[1].given_back == std::vector<int64_t>{3});
  CHECK(made.told[2].given_back.empty());
  CHECK(made.told[3].acquired == 0);  // nor is it asked
  CHECK(made.told[3].given_back.empty());
}

TEST_CASE("a rate without a cell for the key, which let it pass, gets nothing back", "[bands]") {
  Made made({kNoCell, kPassed, kRefused}, Crowd::kAllow);
  CHECK(made.acquire(1).wait == 9);
  CHECK(made.told[0].given_back.empty());
  CHECK(made.told[1].given_back.size() == 1);
}

TEST_CASE("where no rate refuses, none is given anything back", "[bands]") {
  Made made({kPassed, kNoCell, kPassed}, Crowd::kAllow);
  const Verdict verdict = made.acquire(1);
  CHECK(verdict.wait == 0);
  CHECK(verdict.crowded_out);
  for (const Told& told : made.told) {
    CHECK(told.acquired == 1);
    CHECK(told.given_back.empty());
  }
}

}  // namespace og
