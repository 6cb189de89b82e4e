// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/hash.h"
#include "core/base/status.h"

namespace og {

// What is known of a call that wants an endpoint.
struct PickContext {
  std::string_view key;              // empty: none
  int64_t now = 0;                   // for policies that read it: see PickPolicyRow
  std::string_view zone{};           // of the caller; empty: not known
  std::span<const int32_t> tried{};  // endpoints that this call has tried, by index

  // The key's: the same in every process, and worked out by whoever needs it.
  uint64_t hash() const noexcept { return hash64(key); }
  bool has_tried(int32_t index) const noexcept {
    return std::find(tried.begin(), tried.end(), index) != tried.end();
  }
};

// Whether an endpoint may take a call now, by its index. Refers to what it was made from.
class Admits {
 public:
  template <class F>
  explicit Admits(const F& predicate)
      : of_(&predicate),
        call_([](const void* of, int32_t index) { return (*static_cast<const F*>(of))(index); }) {}
  bool operator()(int32_t index) const noexcept { return call_(of_, index); }

 private:
  const void* of_;
  bool (*call_)(const void*, int32_t);
};

class PickPolicy;
struct PickPolicyRow;

// A policy as a balancer uses it. It lives as long as one of its plans, so that a pick by a plan
// that has been replaced finds the policy's turn, whatever the policy is by then.
struct PolicyInUse {
  const PickPolicyRow* row = nullptr;
  std::shared_ptr<PickPolicy> policy;
  bool reads_clock = false;  // so does a pick that is not told the time
};

// What a policy has drawn up from the set as it stood: read by every thread, replaced whole when
// the set or the policy changes. Picks are an endpoint's index, or kNobody.
class Plan {
 public:
  static constexpr int32_t kNobody = static_cast<int32_t>(Status::kNone);

  virtual ~Plan() = default;
  // For a call that has tried nobody yet: context.tried is empty.
  virtual int32_t pick(const PickContext& context) const noexcept = 0;
  // In place of a pick that cannot take the call: one that `admits`, such that the share of those
  // that do not falls to the others as the policy would share it out, and to none by its place in
  // the order. May give up and say kNobody when hardly any admits. Those that the call has tried
  // are not admitted.
  virtual int32_t pick_other(const PickContext& context, const Admits& admits) const noexcept = 0;

  // As many picks, `out` as long as `keys`, which stand in for the context's. Policies that gain by
  // looking ahead override it.
  virtual void pick_many(const PickContext& context, std::span<const std::string_view> keys,
                         int32_t* out) const noexcept {
    PickContext each = context;
    for (size_t i = 0; i < keys.size(); ++i) {
      each.key = keys[i];
      out[i] = pick(each);
    }
  }

  // Whose it is: said once, by the balancer, before anybody picks by it.
  void belong_to(PolicyInUse policy) const { policy_ = std::move(policy); }
  const PolicyInUse& policy() const noexcept { return policy_; }

 private:
  mutable PolicyInUse policy_;
};

}  // namespace og
