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
    faults.push_back("has given " + std::to_string(used) + " indexes of " + std::to_string(capacity_));
  }
  std::set<std::string> names;
  for (uint64_t i = 0; i < capacity_; ++i) {
    check_record(i, faults);
    Seen seen;
    if (!read_record(records_[i], &seen) || !seen.in_set) continue;
    if (!names.insert(seen.name).second) {
      faults.push_back("endpoint " + std::to_string(i) + " has the name of another: '" + seen.name + "'");
    }
  }
  return faults;
}

void EndpointRecords::check_record(uint64_t index, std::vector<std::string>& faults) const {
  const auto fault = [&](const std::string& what) {
    faults.push_back("endpoint " + std::to_string(index) + " " + what);
  };
  const Record& record = records_[index];
  const uint64_t word = record.standing.load(std::memory_order_acquire);
  const MemberState state = unpack(word);
  if (index >= used() && word != 0) fault("stands before its index was given");
  if (state.membership == Membership::kMaking) fault("is half made");
  if (weight_of(word) > kHeaviest) fault("weighs " + std::to_string(weight_of(word)));
  Seen seen;
  if (state.membership == Membership::kMember && read_record(record, &seen) && !seen.in_set) fault("has no name");
  if (record.counts.calls.load(std::memory_order_relaxed) < 0) fault("has counted less than no call");
}

}  // namespace og
