// SPDX-License-Identifier: Apache-2.0
// Of TokenBucket: what a change of the rate, or of the burst, makes of its values. token_bucket.h
// says why.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/token_bucket.h"

namespace og {

template <class M, class Units>
bool TokenBucket<M, Units>::has_room_for(const LimitWords& units, int64_t time) noexcept {
  Epoch epoch;
  if (!epochs_.read(time, epoch)) return false;
  const uint64_t latest = epoch.elapsed + most_ahead(whole_units_of(*epoch.set));
  epoch.now = std::max(epoch.now, latest) + Epochs::kSlack;
  const auto next = make_.of(units);
  const auto most = static_cast<unsigned __int128>(greatest(epoch)) + most_held(next) +
                    next.at(Epochs::kMaxElapsed + Epochs::kSlack).ceil;
  return most < uint64_t{1} << 63;
}

template <class M, class Units>
bool TokenBucket<M, Units>::change(const LimitWords& units, int64_t time,
                                   TokensInheritance rule) noexcept {
  return epochs_.change(
      time,
      [&](const Epoch& last) -> Begun {
        return {.base = greatest(last) + 1,
                .idle = moment(last).floor,
                .inherited = static_cast<uint64_t>(rule),
                .words = units};
      },
      [this] { convert_all(); });
}

template <class M, class Units>
uint64_t TokenBucket<M, Units>::converted(uint64_t full, const Epoch& epoch) const noexcept {
  const auto& last = epochs_.before(epoch);
  const uint64_t before = last.base.load(std::memory_order_acquire);
  const uint64_t lasted =
      epoch.set->start.load(std::memory_order_acquire) - last.start.load(std::memory_order_acquire);
  const auto rule = static_cast<TokensInheritance>(epoch.set->inherited());
  return epoch.set->base.load(std::memory_order_acquire) +
         carry(rule, full > before ? full - before : 0, lasted, whole_units_of(last),
               whole_units_of(*epoch.set));
}

template <class M, class Units>
void TokenBucket<M, Units>::convert_all() noexcept {
  Epoch epoch;
  epochs_.read(0, epoch);
  const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
  table_.convert([&](uint64_t full) { return full < base ? converted(full, epoch) : full; });
  epochs_.finish(base == 0 ? 0 : base - 1);
}

template <class M, class Units>
void TokenBucket<M, Units>::convert_window(uint64_t hash, const Moment& now) noexcept {
  table_.convert_window(
      hash, [&](uint64_t full) { return full < now.base ? converted(full, now.epoch) : full; });
}

}  // namespace og
