// SPDX-License-Identifier: Apache-2.0
// Kubernetes' horizontal pod autoscaler, by the numbers of its own tests: kubernetes/kubernetes,
// pkg/controller/podautoscaler/replica_calculator_test.go. An instance is a pod. Rows in which a
// pod has no metric and others do are not here: a fleet's value is a mean, and has no pods.
#include <string>

#include "core/scale/autoscaler.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr double kUtilization = 100;  // both are in per cent there

std::unique_ptr<Autoscaler> made(const std::string& rule, int32_t count) {
  Config config;
  config.set("metrics", rule);
  config.set_int("initial_instances", count);
  config.set_int("max_instances", 1000);
  config.set("tolerance_up", "0.1");
  config.set("tolerance_down", "0.1");
  config.set_int("scale_down_window_ms", 0);
  config.set_int("scale_down_cooldown_ms", 0);
  config.set_int("max_step_up", 1000);
  config.set_int("max_step_down", 1000);
  auto autoscaler = Autoscaler::create(config, make_manual_clock(0));
  REQUIRE(autoscaler);
  return std::move(*autoscaler);
}

struct Row {
  const char* test;  // its name there, without TestReplicaCalc
  const char* kind;
  double target;
  int32_t current, ready;
  double value;  // of the pods that serve, or of the metric
  int32_t expected;
};

// The mean of several pods' levels is written as their sum over their number.
constexpr Row kRows[] = {
    {"ScaleUp", "utilization", 30, 3, 3, (300 + 500 + 700) / 3000. * kUtilization, 5},
    {"ScaleUpUnreadyLessScale", "utilization", 30, 3, 2, (500 + 700) / 2000. * kUtilization, 4},
    {"ScaleUpHotCpuLessScale", "utilization", 30, 3, 2, (500 + 700) / 2000. * kUtilization, 4},
    {"ScaleUpUnreadyNoScale", "utilization", 30, 3, 1, 400 / 1000. * kUtilization, 3},
    {"ScaleHotCpuNoScale", "utilization", 30, 3, 1, 400 / 1000. * kUtilization, 3},
    {"ScaleUpIgnoresFailedPods", "utilization", 30, 2, 2, (500 + 700) / 2000. * kUtilization, 4},
    {"ScaleUpIgnoresDeletionPods", "utilization", 30, 2, 2, (500 + 700) / 2000. * kUtilization, 4},
    {"ScaleUpCM", "utilization", 15000, 3, 3, (20000 + 10000 + 30000) / 3., 4},
    {"ScaleUpCMUnreadyHotCpuNoLessScale", "utilization", 15000, 3, 3, 90000 / 3., 6},
    {"ScaleUpCMUnreadyHotCpuScaleWouldScaleDown", "utilization", 15000, 3, 3, 95000 / 3., 7},
    {"ScaleUpCMObject", "value", 15000, 3, 3, 20000, 4},
    {"ScaleUpCMPerPodObject", "total", 5000, 3, 3, 20000, 4},
    {"ScaleUpCMObjectIgnoresUnreadyPods", "value", 10000, 3, 1, 50000, 5},
    {"ScaleUpCMExternal", "utilization", 4400, 1, 1, 8600, 2},
    {"ScaleUpCMExternalIgnoresUnreadyPods", "value", 4400, 3, 1, 8600, 2},
    {"ScaleUpCMExternalNoLabels", "utilization", 4400, 1, 1, 8600, 2},
    {"ScaleUpPerPodCMExternal", "total", 2150, 3, 3, 8600, 4},
    {"ScaleDown", "utilization", 50, 5, 5, 1400 / 5000. * kUtilization, 3},
    {"ScaleDownCM", "utilization", 20000, 5, 5, 12000, 3},
    {"ScaleDownPerPodCMObject", "total", 2000, 5, 5, 6000, 3},
    {"ScaleDownCMObject", "value", 20000, 5, 5, 12000, 3},
    {"ScaleDownCMExternal", "value", 14334, 5, 5, 8600, 3},
    {"ScaleDownPerPodCMExternal", "total", 2867, 5, 5, 8600, 3},
    {"ScaleDownIncludeUnreadyPods", "utilization", 50, 5, 3, 900 / 3000. * kUtilization, 2},
    {"ScaleDownExcludeUnscheduledPods", "utilization", 50, 5, 1, 100 / 1000. * kUtilization, 1},
    {"ScaleDownIgnoreHotCpuPods", "utilization", 50, 5, 3, 900 / 3000. * kUtilization, 2},
    {"ScaleDownIgnoresFailedPods", "utilization", 50, 5, 5, 1400 / 5000. * kUtilization, 3},
    {"ScaleDownIgnoresDeletionPods", "utilization", 50, 5, 5, 1400 / 5000. * kUtilization, 3},
    {"Tolerance", "utilization", 100, 3, 3, 3060 / 3000. * kUtilization, 3},
    {"ToleranceCM", "utilization", 20000, 3, 3, 62000 / 3., 3},
    {"ToleranceCMObject", "value", 20000, 3, 3, 20666, 3},
    {"TolerancePerPodCMObject", "total", 5000, 4, 4, 20166, 4},
    {"ToleranceCMExternal", "value", 8888, 3, 3, 8600, 3},
    {"TolerancePerPodCMExternal", "total", 2900, 3, 3, 8600, 3},
    {"SuperfluousMetrics", "utilization", 100, 4, 4, 23500 / 4000. * kUtilization, 24},
    {"ComputedToleranceAlgImplementation", "utilization", 56, 10, 10, 50, 9},
    {"ComputedToleranceAlgImplementation, closer", "utilization", 55, 10, 10, 50, 10},
};

TEST_CASE("what Kubernetes' replica calculator answers is answered") {
  for (const Row& row : kRows) {
    CAPTURE(row.test);
    auto autoscaler =
        made("m: " + std::string(row.kind) + " target=" + std::to_string(row.target), row.current);
    REQUIRE(autoscaler->set_ready(row.ready) == Status::kOk);
    REQUIRE(autoscaler->observe_named("m", row.value) == Status::kOk);
    CHECK(autoscaler->decide()->desired == row.expected);
  }
}

}  // namespace
}  // namespace og
