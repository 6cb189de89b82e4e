// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/limit/limiter.h"

namespace og {

// One decision over several limits, such as a user's, a team's and one of all: all are taken, or
// none is.
//
// All but the first are looked at, and then each is taken. So a request that one of them refuses
// writes nothing, but where others take the same tokens between look and take: then what was taken
// is given back at once. Meanwhile others may find less than there is, and nobody finds more; the
// same where the process dies between two.
//
// A denial that a limiter's enforce_percent spares takes nothing from that one, and passes there.
//
// In a fleet a limit cannot give back, nor can one of warm_up or count_min: so it is taken last,
// and there can be one of them.
//
// Allocates nothing and takes no lock.
class AcquireAll {
 public:
  static constexpr size_t kMost = 64;
  static constexpr auto kNone = static_cast<int64_t>(Status::kNone);

  struct Part {
    Limiter* limiter;
    std::string_view key;
    int64_t cost;
  };
  // The wait is the longest of all, or a negative Status; `which` is whose it is, kNone for 0.
  struct Answer {
    int64_t wait = 0;
    int64_t which = kNone;
  };

  // Without a time each limiter's own. At most kMost.
  static Answer of(std::span<const Part> parts, std::optional<int64_t> now) noexcept;

 private:
  struct Taking {
    Limiter* limiter;
    std::string_view key;
    int64_t which;  // among the parts
    int64_t cost;
    uint64_t hash;
    int64_t now;
    bool by_own_clock;
    Verdict verdict{};       // of the last look or take
    bool is_spared = false;  // it was denied, which does not hold: enforce_percent
  };
  // What the parts ask for: those for one key of one limiter as one, what gives nothing back last.
  struct Takings {
    Taking all[kMost];
    size_t count = 0;
    Answer wrong{};

    explicit Takings(std::span<const Part> parts, std::optional<int64_t> now) noexcept;
    Taking* end() noexcept { return all + count; }
  };

  static bool gives_nothing_back(const Limiter& limiter) noexcept;
  static void look(Taking& taking) noexcept;
  static void take(Taking& taking) noexcept;
  static void give_back(const Taking& taking) noexcept;
  static Answer refused(Takings& takings) noexcept;
  static void count_passed(const Taking& taking) noexcept;
};

}  // namespace og
