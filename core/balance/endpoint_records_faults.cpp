// SPDX-License-Identifier: Apache-2.0
// Whether a set in a segment is as its changes leave it.
#include <set>

#include "core/balance/endpoint_records.h"
#include "core/balance/member_state.h"

namespace og {

std::vector<std::string> EndpointRecords::faults() const {
  std::vector<std::string> faults = rows_.faults(capacity_);
  const uint64_t used = head_->used.load(std::memory_order_acquire);
  if (used > capacity_) {
    faults.push_back("has given " + std::to_string(used) + " indexes of " +
                     std::to_string(capacity_));
  }
  std::set<std::string> names;
  for (uint64_t i = 0; i < capacity_; ++i) {
    const auto fault = [&](const std::string& what) {
      faults.push_back("endpoint " + std::to_string(i) + " " + what);
    };
    const Record& record = records_[i];
    const uint64_t word = record.state.load(std::memory_order_acquire);
    const Membership membership = unpack(word).membership;
    if (i >= used && word != 0) fault("stands before its index was given");
    if (membership == Membership::kMaking) fault("is half made");
    if (weight_of(word) > kHeaviestMember) fault("weighs " + std::to_string(weight_of(word)));
    if (record.counts.calls.load(std::memory_order_relaxed) < 0)
      fault("has counted less than no call");
    Seen seen;
    if (membership != Membership::kMember || !read_record(i, &seen)) continue;
    if (!seen.in_set)
      fault("has no name");
    else if (!names.insert(seen.name).second)
      fault("has the name of another: '" + seen.name + "'");
  }
  return faults;
}

}  // namespace og
