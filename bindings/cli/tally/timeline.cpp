// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/tally/timeline.h"

#include "bindings/cli/figures.h"

namespace og::cli {

Slice& Slice::operator+=(const Slice& other) {
  requests += other.requests;
  denied += other.denied;
  served += other.served;
  errors += other.errors;
  hits += other.hits;
  lookups += other.lookups;
  add_bytes(hit_bytes, other.hit_bytes);
  add_bytes(lookup_bytes, other.lookup_bytes);
  work_ms += other.work_ms;
  logged_ms += other.logged_ms;
  return *this;
}

Slice& Timeline::at(int64_t epoch_s) {
  if (slices_.empty()) start_s_ = epoch_s - (epoch_s % 60 + 60) % 60;
  auto index = static_cast<std::size_t>((epoch_s - start_s_) / width_s_);
  while (index >= kSlices) {
    halve();
    index = static_cast<std::size_t>((epoch_s - start_s_) / width_s_);
  }
  if (index >= slices_.size()) slices_.resize((index / per_minute() + 1) * per_minute());
  return slices_[index];
}

void Timeline::halve() {
  std::vector<Slice> wider((slices_.size() + 1) / 2);
  for (std::size_t i = 0; i < slices_.size(); ++i) wider[i / 2] += slices_[i];
  slices_.swap(wider);
  width_s_ *= 2;
}

}  // namespace og::cli
