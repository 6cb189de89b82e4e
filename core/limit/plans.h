// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limit/plan_bucket.h"
#include "core/limit/plan_map.h"
#include "core/limit/policy.h"

namespace og {

// How a limiter with plans decides: by the plan of each key. What a usual limiter's cells hold is
// as there; behind it lie the plans, the latest changes of keys, and which plan a key has.
template <class M = Memory>
class PlansOf {
 public:
  using Bucket = PlanBucket<M>;
  using Map = PlanMap<M>;
  using Book = PlanBook<M>;

  // Of the limiter's memory, on a 64-byte boundary, zeroed but for begin().
  static uint64_t bytes_for(uint64_t plan_keys) noexcept {
    return kMapAt + Map::bytes_for(plan_keys);
  }
  // Before anybody else sees them.
  static void begin(void* memory, const std::vector<PlanSpec>& specs, const AllPlanTerms& terms) {
    Book book(memory);
    for (const PlanSpec& spec : specs) book.add(spec.name);
    book.write(0, terms);
  }

  PlansOf(const CellsAt<M>& at, char* memory, uint64_t plan_keys)
      : book_(memory),
        bucket_(at.table, at.epochs, book_,
                reinterpret_cast<typename M::Word*>(memory + Book::kBytes)),
        map_(memory + kMapAt, plan_keys) {}

  Verdict acquire(uint64_t hash, int64_t time, int64_t cost) noexcept {
    map_.prefetch(hash);
    return bucket_.acquire(hash, time, cost, of(hash));
  }
  // By the plan that the call names, unless the key is exempt or blocked.
  Verdict acquire_as(uint64_t plan, uint64_t hash, int64_t time, int64_t cost) noexcept {
    map_.prefetch(hash);
    return bucket_.acquire(hash, time, cost, [&] {
      const uint64_t own = map_.find(hash);
      return own < kMostPlans ? plan : own;
    });
  }
  Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return bucket_.peek(hash, time, cost, of(hash));
  }
  Standing standing(uint64_t hash, int64_t time, Crowd crowd) noexcept {
    return bucket_.standing(hash, time, crowd, of(hash));
  }
  int64_t give_back(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return bucket_.give_back(hash, time, cost, of(hash));
  }
  Verdict charge(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return bucket_.charge(hash, time, cost, of(hash));
  }
  bool is_yet_to_begin(uint64_t hash) noexcept { return bucket_.is_yet_to_begin(hash, of(hash)); }
  Slot reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most) noexcept {
    return bucket_.reserve(hash, time, cost, most, of(hash));
  }
  int64_t cancel(uint64_t hash, int64_t time, int64_t cost, int64_t at) noexcept {
    return bucket_.cancel(hash, time, cost, at, of(hash));
  }
  bool forget(uint64_t hash) noexcept { return bucket_.forget(hash); }
  int64_t in_use(int64_t time) noexcept { return bucket_.in_use(time); }

  // Of all plans at once: change_all().
  bool has_room_for(const LimitWords&, int64_t) noexcept { return true; }
  bool change(const LimitWords&, int64_t, TokensInheritance) noexcept { return true; }
  static typename LimitEpochs<M>::Begun first(const LimitWords& kept) noexcept {
    return {.words = kept};
  }

  const Book& book() const noexcept { return book_; }
  const Map& map() const noexcept { return map_; }
  uint64_t plan_of(uint64_t hash) const noexcept { return map_.find(hash); }
  // A plan that is there now, or a word for a key; nothing of another name.
  std::optional<uint64_t> number(std::string_view name) const noexcept {
    if (name == kDefaultWord) return kDefaultPlan;
    if (name == kExemptWord) return kExempt;
    if (name == kBlockedWord) return kBlocked;
    const auto plan = book_.find(name);
    return plan && bucket_.kind(*plan) != PlanTerms::kNone ? plan : std::nullopt;
  }
  std::string name(uint64_t plan) const {
    if (plan == kDefaultPlan) return std::string(kDefaultWord);
    if (plan >= kMostPlans) return std::string(plan == kExempt ? kExemptWord : kBlockedWord);
    return book_.name(plan);
  }

  // One caller at a time: of all processes that share it. Who dies after the first step has changed
  // the key's plan; what it has used becomes the new plan's with its next call.
  bool set_plan(uint64_t hash, uint64_t plan, int64_t time, TokensInheritance rule) noexcept {
    if (!map_.set(hash, plan)) return false;
    bucket_.move(hash, time, plan, rule);
    return true;
  }
  bool has_room_for_all(const AllPlanTerms& terms, int64_t time) noexcept {
    return bucket_.has_room_for(terms, time);
  }
  bool change_all(const std::vector<PlanSpec>& specs, const AllPlanTerms& terms, int64_t time,
                  TokensInheritance rule) noexcept {
    for (const PlanSpec& spec : specs) book_.add(spec.name);
    return bucket_.change(terms, time, rule);
  }

 private:
  static constexpr uint64_t kMapAt = Book::kBytes + Bucket::kLatest * 8;
  static_assert(kMapAt % 64 == 0);

  struct Own {
    const Map& map;
    uint64_t hash;
    uint64_t operator()() const noexcept { return map.find(hash); }
  };
  Own of(uint64_t hash) const noexcept { return {map_, hash}; }

  Book book_;
  Bucket bucket_;
  Map map_;
};
using Plans = PlansOf<>;
static_assert(DecidesOnCells<Plans>);

}  // namespace og
