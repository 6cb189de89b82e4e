// SPDX-License-Identifier: Apache-2.0
#include "core/limit/token_units.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace og {
namespace {

using Wide = unsigned __int128;

constexpr uint64_t kMostPerNs = 16;  // 2^58 ns * 16 = 2^62 units
constexpr uint64_t kLeastPerNs = 2;  // of a rate that is not exact
constexpr uint64_t kMostCapacity = uint64_t{1} << 61;

}  // namespace

Result<TokenUnits> TokenUnits::create(Rate rate, int64_t burst, int64_t max_debt,
                                      int64_t max_wait_ns) {
  const auto divisor = std::gcd(rate.count, rate.period_ns);
  const auto n = static_cast<uint64_t>(rate.count / divisor);
  const auto p = static_cast<uint64_t>(rate.period_ns / divisor);
  const auto b = static_cast<uint64_t>(burst);
  const uint64_t held = b + static_cast<uint64_t>(max_debt);
  const uint64_t room = kMostCapacity / held;  // the largest token of which so many fit

  uint64_t token = n <= kMostPerNs ? std::min(kMostPerNs / n, room / p) * p : 0;
  if (token == 0) token = static_cast<uint64_t>(std::min<Wide>(Wide{kMostPerNs} * p / n, room));
  const bool exact = token % p == 0;
  if (token == 0 || (!exact && Wide{token} * n < Wide{kLeastPerNs} * p)) {
    auto most =
        std::max(Wide{kMostCapacity} / p, Wide{kMostCapacity} * n / (Wide{kLeastPerNs} * p));
    const bool owes = max_debt > 0;
    return fail(Status::kBadValue,
                std::string(owes ? "options 'burst' and 'max_debt' cannot come to "
                                 : "option 'burst' cannot be ") +
                    std::to_string(held) +
                    " at this rate, as the bucket would take decades to refill: use at most " +
                    std::to_string(static_cast<uint64_t>(most)),
                owes ? "max_debt" : "burst");
  }
  TokenUnits units;
  units.per_ns_ = static_cast<uint64_t>((Wide{n} * token << kPlaces) / p);
  units.per_token_ = token;
  units.capacity_ = token * b;
  units.burst_ = burst;
  units.max_debt_ = static_cast<uint64_t>(max_debt);
  units.max_wait_ = static_cast<uint64_t>(max_wait_ns);
  return units;
}

}  // namespace og
