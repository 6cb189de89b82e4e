// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/provisioning/score.h"
#include "bindings/cli/replay/fleet.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/settings.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

// An autoscaler of the library at the head of a fleet that it alone orders.
class Scaled {
 public:
  // By the settings' section "autoscaler" with these options in its stead. The settings outlive it.
  static Result<Scaled> create(const ReplaySettings& settings, const NounOptions& options,
                               int64_t start_s, int64_t width_s);

  // The slice that ends at end_s: what it cost, what was seen, what is decided.
  Result<void> live_through(const Slice& slice, double load, double requests, int64_t end_s);

  // From the next slice on the bill is a new one; the fleet stays as it is.
  void begin_new_bill();

  int32_t served_by() const { return served_by_; }  // instances, in the slice lived through last
  bool overloaded() const { return overloaded_; }   // likewise
  int32_t ordered() const { return fleet_.ordered(); }
  Provisioning result() const { return score_.result(); }
  int64_t changes() const { return changes_; }
  std::vector<ScaleChange> take_changes() { return std::move(kept_); }
  std::vector<NamedCount> reasons() const;

 private:
  using AutoscalerHandle = Handle<og_autoscaler, &og_autoscaler_destroy>;

  Scaled(AutoscalerHandle autoscaler, const ServiceTime& model, int64_t width_s);
  Result<void> decide(int64_t now_s);

  AutoscalerHandle autoscaler_;
  const ServiceTime& model_;
  int64_t width_s_;
  Score score_;
  Fleet fleet_;
  int32_t served_by_ = 0;
  bool overloaded_ = false;
  int64_t changes_ = 0;
  std::vector<ScaleChange> kept_;
  std::map<std::string, int64_t> reasons_;
};

}  // namespace og::cli
