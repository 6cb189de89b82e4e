// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/rivals.h"

#include "bindings/cli/provisioning/clairvoyant.h"
#include "bindings/cli/replay/fleet.h"

namespace og::cli {
namespace {

Score score_of(const Course& course) {
  return {static_cast<double>(course.width_s), course.patience_s};
}

}  // namespace

Provisioning with_constant(const Course& course, int64_t instances) {
  Score score = score_of(course);
  for (const double load : course.loads) score.add(load, instances, instances);
  return score.result();
}

Provisioning with_foresight(const Course& course) {
  const int64_t lead = (course.start_s + course.width_s - 1) / course.width_s;
  const std::vector<int64_t> paid = clairvoyant(course.loads, static_cast<std::size_t>(lead));
  Score score = score_of(course);
  for (std::size_t i = 0; i < paid.size(); ++i) {
    score.add(course.loads[i], paid[i], instances_for(course.loads[i]));
  }
  return score.result();
}

HpaPlayed with_hpa(const Course& course, const HpaOptions& options, int32_t initial) {
  Score score = score_of(course);
  Fleet fleet(initial, course.start_s);
  HpaRule rule(options);
  HpaPlayed played;
  played.serving.reserve(course.loads.size());
  int64_t now_s = 0;
  for (const double load : course.loads) {
    fleet.advance(now_s);
    const int32_t serving = fleet.serving();
    played.serving.push_back(serving);
    const SliceServed slice = score.add(load, fleet.ordered(), serving);
    now_s += course.width_s;
    fleet.advance(now_s);
    const double most = static_cast<double>(serving) * static_cast<double>(course.width_s);
    fleet.order(rule.decide(now_s, fleet.ordered(), serving, 100 * slice.served / most), now_s);
  }
  played.bill = score.result();
  return played;
}

}  // namespace og::cli
