// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/limit/plan_list.h"

namespace og {

// A limiter's plans where all who share its cells read them: their names, each of which keeps its
// number for good, and what they are in two epochs (limit_epochs.h). It lies in zeroed memory.
//
// A name that is there without terms in the present epoch is none: who began a change that adds it
// died before it was made.
template <class M = Memory>
class PlanBook {
 public:
  using Word = typename M::Word;

  // block: kBytes, on a 64-byte boundary.
  explicit PlanBook(void* block) noexcept : block_(static_cast<Block*>(block)) {}

  struct Terms {
    PlanTerms::Kind kind;
    TokenUnits units;
  };
  // Of the set on this side of the epochs.
  Terms terms(size_t side, uint64_t plan) const noexcept {
    const Record& record = block_->sides[side & 1][plan % kMostPlans];
    const auto read = [&](size_t i) { return record.words[i].load(std::memory_order_acquire); };
    const LimitWords words{read(0), read(1),           read(2),
                           read(3), read(kSeldomRead), read(kBesideSets)};
    return {static_cast<PlanTerms::Kind>(record.kind.load(std::memory_order_acquire)),
            TokenUnits::of(words)};
  }
  void write(size_t side, const AllPlanTerms& all) noexcept {
    for (size_t plan = 0; plan < kMostPlans; ++plan) {
      Record& record = block_->sides[side & 1][plan];
      for (size_t i = 0; i < all[plan].words.size(); ++i)
        record.words[i].store(all[plan].words[i], std::memory_order_release);
      record.kind.store(all[plan].kind, std::memory_order_release);
    }
  }

  // The number of a plan that its option names: from 1; nothing where no name is so.
  std::optional<uint64_t> find(std::string_view name) const noexcept {
    if (name.empty() || name.size() > kMostPlanName) return std::nullopt;
    const Letters wanted = letters(name);
    for (uint64_t plan = 1; plan <= count(); ++plan) {
      if (read(plan) == wanted) return plan;
    }
    return std::nullopt;
  }
  std::string name(uint64_t plan) const {
    const Letters kept = read(plan);
    const char* text = reinterpret_cast<const char*>(kept.data());
    return {text, strnlen(text, kMostPlanName)};
  }
  // How many have a name.
  uint64_t count() const noexcept {
    return std::min(block_->count.load(std::memory_order_acquire), kMostPlans - 1);
  }
  // By one caller at a time. Nothing: there is no number left.
  std::optional<uint64_t> add(std::string_view name) noexcept {
    if (const auto known = find(name)) return known;
    const uint64_t plan = count() + 1;
    if (plan == kMostPlans) return std::nullopt;
    const Letters own = letters(name);
    for (size_t i = 0; i < own.size(); ++i)
      block_->names[plan][i].store(own[i], std::memory_order_release);
    block_->count.store(plan, std::memory_order_release);
    return plan;
  }

 private:
  using Letters = std::array<uint64_t, (kMostPlanName + 1) / 8>;
  struct alignas(64) Record {
    Word words[std::tuple_size_v<LimitWords>];
    Word kind;
  };
  struct Block {
    alignas(64) Word count;
    alignas(64) Word names[kMostPlans][std::tuple_size_v<Letters>];
    Record sides[2][kMostPlans];
  };

 public:
  static constexpr uint64_t kBytes = sizeof(Block);

 private:
  static Letters letters(std::string_view name) noexcept {
    Letters all{};
    std::memcpy(all.data(), name.data(), std::min(name.size(), kMostPlanName));
    return all;
  }
  Letters read(uint64_t plan) const noexcept {
    Letters all{};
    for (size_t i = 0; i < all.size(); ++i)
      all[i] = block_->names[plan % kMostPlans][i].load(std::memory_order_acquire);
    return all;
  }

  Block* block_;
};

}  // namespace og
