// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/typed_options.h"
#include "core/limit/count_min.h"
#include "core/limit/count_min_options.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"

namespace og {

class CountMinPolicy {
 public:
  using Cells = CountMin<>;
  static constexpr const char* kWord = kCountMinWord;
  static constexpr std::span<const OptionSpec> kOptions = kCountMinRows;
  // Its cells are no key's: a table that is never asked has the fewest.
  static constexpr uint64_t kKeys = 1;

  static Result<CountMinPolicy> create(const LimitSetup& setup) {
    if (auto others = refuse_options_of_others(setup.options, kWord); !others)
      return tl::unexpected(std::move(others.error()));
    if (auto turns = refuse_max_wait(setup.options, kWord); !turns)
      return tl::unexpected(std::move(turns.error()));
    if (auto zone = refuse_time_zone(setup.options, kWord); !zone)
      return tl::unexpected(std::move(zone.error()));
    const auto count = static_cast<uint64_t>(setup.rate.count);
    const auto period = static_cast<uint64_t>(setup.rate.period_ns);
    if (const uint64_t most = CountMinUnits::most_count(period); count > most) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot be " + std::to_string(count) + " events in " +
                      std::to_string(period) + " ns with count_min, which counts up to " +
                      std::to_string(most) + " in so long: use a longer period",
                  "rate");
    }
    const auto own = OptionsOf<kCountMinOptions>::among(setup.options);
    return CountMinPolicy(CountMinUnits(count, period),
                          {static_cast<uint64_t>(own.integer("sketch_width")),
                           static_cast<uint64_t>(own.integer("sketch_depth"))});
  }
  static uint64_t tag_mask(uint64_t) noexcept { return ~uint64_t{0}; }
  // The sketch lies in what all cells have together.
  uint64_t words() const noexcept {
    const uint64_t cells = CellTable<>::cells_for(kKeys);
    return (shape_.words() + cells - 1) / cells;
  }
  LimitWords kept() const noexcept { return units_.words(); }
  Result<void> can_follow(uint64_t, TokensInheritance) const { return {}; }
  Cells over(const CellsAt<>& at) const noexcept { return {at.words, shape_, at.epochs}; }

 private:
  CountMinPolicy(CountMinUnits units, const Cells::Shape& shape) : units_(units), shape_(shape) {}

  CountMinUnits units_;
  Cells::Shape shape_;
};

}  // namespace og
