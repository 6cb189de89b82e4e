// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/rivals.h"

#include "tests/catch.h"

using namespace og::cli;

TEST_CASE("a constant's bill: what is paid, overloaded, used and lost") {
  // 60 and 180 instance-seconds arrive. Of the latter two serve 120, 40 may wait, 20 are lost.
  const Course course{{1, 3, 0}, 60, 120, 20};
  const Provisioning two = with_constant(course, 2);
  CHECK(two.instance_hours == Approx(0.1));
  CHECK(two.overloaded_minutes == Approx(1));
  CHECK(two.peak == 2);
  CHECK(two.utilization_percent == Approx(100 * 220 / 360.0));  // 60, 120 and 40
  CHECK(two.lost_percent == Approx(100 * 20 / 240.0));
  CHECK(two.elasticity.under_time == Approx(100 / 3.0));
  CHECK(two.elasticity.under_amount == Approx(100 / 9.0));  // a third, in a third of the time
  CHECK(two.elasticity.changes == 0);
  const Provisioning three = with_constant(course, 3);
  CHECK(three.overloaded_minutes == 0);
  CHECK(three.lost_percent == 0);
}

TEST_CASE("what waits overloads the next slice too") {
  const Course course{{3, 2, 2}, 60, 0, 3600};
  CHECK(with_constant(course, 2).overloaded_minutes == Approx(3));
}

TEST_CASE("foresight pays for an instance from its order on, and is never overloaded") {
  const Course course{{1, 1, 1, 3.2, 1, 1}, 60, 90, 30};  // a start lasts two slices
  const Provisioning paid = with_foresight(course);
  CHECK(paid.instance_hours == Approx(15 / 60.0));  // 1, 4, 4, 4, 1, 1
  CHECK(paid.overloaded_minutes == 0);
  CHECK(paid.peak == 4);
  CHECK(paid.elasticity.under_time == 0);
  CHECK(paid.elasticity.over_time == 0);
}

TEST_CASE("Kubernetes' rule follows a step once its instances have started") {
  // One instance at 100 % of a target of 50 %: two, that serve two slices later; at 75 % each then
  // three of them, and 1.5 of three is on the target.
  HpaOptions options;
  options.target_percent = 50;
  const Course course{{1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5}, 60, 60, 0};
  const HpaPlayed played = with_hpa(course, options, 1);
  const Provisioning& scaled = played.bill;
  CHECK(played.serving == std::vector<int32_t>{1, 1, 2, 2, 3, 3, 3, 3});
  CHECK(scaled.overloaded_minutes == Approx(2));  // slice 0, and 1 while the second one starts
  CHECK(scaled.peak == 3);
  CHECK(scaled.instance_hours == Approx((1 + 2 + 2 + 3 + 3 + 3 + 3 + 3) / 60.0));
  CHECK(scaled.elasticity.changes == 2);
}
