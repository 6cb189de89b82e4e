// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/scale/metrics.h"

namespace og {

// What a named metric's value means, and so how many instances it asks for.
//
//   utilization  of each serving instance, or what falls as instances are added: ceil(serving * v /
//                target), as Kubernetes' autoscaler for resources and values (Horizontal Pod
//                Autoscaling, algorithm details).
//   value        of something beside the fleet that falls as instances are added: as utilization,
//                but by the instances that serve alone (Kubernetes' targets of type Value).
//   total        of the whole fleet, an instance carries target of it: ceil(v / target), as its
//                average values are, and KEDA's.
//   concurrency  what is in work at once, the whole fleet together: as total (Knative's measure).
//   backlog      items that wait, each fills an instance for `service`, all are to be done within
//                target: ceil(arrivals * service + v * service / target). Where arrivals are not
//                told it is AWS' backlog per instance, target / service (Amazon EC2 Auto Scaling,
//                scaling based on Amazon SQS).
//   health       no demand: while it is over `up`, or below `down`, nothing shrinks.
//   input        no demand of its own: another metric's arrivals, a minute.
enum class MetricKind : int32_t {
  kUtilization,
  kValue,
  kTotal,
  kConcurrency,
  kBacklog,
  kHealth,
  kInput
};

struct MetricRule {
  std::string name;
  MetricKind kind = MetricKind::kTotal;
  double target = 0;     // of an instance; of a backlog, seconds
  double service_s = 0;  // of a backlog
  double up = kMissing, down = kMissing;
  std::optional<Metric> known;          // the one of the five that it is
  std::optional<std::size_t> arrivals;  // which rule has them

  bool demands() const { return kind != MetricKind::kHealth && kind != MetricKind::kInput; }

  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kLongestName = 31;
};

// "queue: backlog target=30s service=200ms arrivals=jobs; jobs: input; cpu: utilization target=.7"
Result<std::vector<MetricRule>> parse_metric_rules(std::string_view text);

}  // namespace og
