// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "bindings/cli/autoscale/loop_settings.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/write_target.h"

namespace og::cli {

/*
 * Rounds of asking, deciding and acting.
 *
 * A round asks all commands at once. It decides only where `current` has told how many are wanted
 * now, as orders are absolute numbers: one by an old count would undo what others did meanwhile.
 * That number counts, whatever was ordered before: so an order that did not come about, or that
 * somebody changed, is seen in the next round. What no command tells is missing, not zero.
 *
 * The state is written before the order is given. Who is killed in between has ordered nothing, and
 * the next one is told by `current`; who is killed after it finds the order done.
 */
class ScalingLoop {
 public:
  // With what a state file has, where there is one. Says on standard error what it could not use.
  static Result<ScalingLoop> create(LoopSettings settings);

  struct Round {
    nlohmann::ordered_json line;  // for the log
    std::string failed;           // why nothing was decided, or the order failed; or ""
  };
  Round round();

 private:
  using AutoscalerHandle = Handle<og_autoscaler, &og_autoscaler_destroy>;
  using DecisionHandle = Handle<og_decision, &og_decision_destroy>;
  using MetricsHandle = Handle<og_metrics, &og_metrics_destroy>;

  ScalingLoop(LoopSettings settings, AutoscalerHandle autoscaler, MetricsHandle metrics)
      : settings_(std::move(settings)),
        autoscaler_(std::move(autoscaler)),
        metrics_(std::move(metrics)) {}

  struct Seen {
    std::optional<int32_t> current, ready;
    nlohmann::ordered_json metrics = nlohmann::ordered_json::object();
    nlohmann::ordered_json missing = nlohmann::ordered_json::object();  // and why
  };
  Seen ask() const;
  Result<void> tell(const Seen& seen);
  Result<DecisionHandle> decide();
  std::string order(const og_decision* decision) const;  // why it failed, or ""
  Result<void> save_state() const;
  Result<void> write_metrics() const;

  LoopSettings settings_;
  AutoscalerHandle autoscaler_;
  MetricsHandle metrics_;
};

}  // namespace og::cli
