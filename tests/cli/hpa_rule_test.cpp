// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/hpa_rule.h"

#include "tests/catch.h"

using namespace og::cli;

namespace {

HpaOptions of_target(double percent) {
  HpaOptions options;
  options.target_percent = percent;
  return options;
}

}  // namespace

TEST_CASE("the autoscaler's formula: its documentation's two cases, rounded up") {
  CHECK(HpaRule::desired(of_target(100), 3, 3, 200) == 6);
  CHECK(HpaRule::desired(of_target(100), 4, 4, 50) == 2);
  CHECK(HpaRule::desired(of_target(30), 3, 3, 50) == 5);
  CHECK(HpaRule::desired(of_target(50), 5, 5, 28) == 3);  // 2.8
}

TEST_CASE("nothing changes within a tenth of the target") {
  CHECK(HpaRule::desired(of_target(50), 10, 10, 55) == 10);
  CHECK(HpaRule::desired(of_target(50), 10, 10, 45) == 10);
  CHECK(HpaRule::desired(of_target(50), 10, 10, 55.5) == 12);  // 11.1
  CHECK(HpaRule::desired(of_target(50), 10, 10, 44) == 9);     // 8.8
}

TEST_CASE("instances that do not serve yet count as idle upwards, and downwards not at all") {
  CHECK(HpaRule::desired(of_target(30), 3, 2, 60) == 4);   // 120 over three is 40 each
  CHECK(HpaRule::desired(of_target(30), 3, 1, 40) == 3);   // 40 over three would be fewer
  CHECK(HpaRule::desired(of_target(50), 5, 3, 30) == 2);   // 1.8 of the three that serve
  CHECK(HpaRule::desired(of_target(50), 4, 2, 50) == 4);   // on the target
  CHECK(HpaRule::desired(of_target(50), 2, 0, 100) == 2);  // none that could be asked
}

TEST_CASE("scaling down takes the most that was desired in five minutes") {
  HpaRule rule(of_target(70));
  for (int64_t now = 0; now < 300; now += 15) CHECK(rule.decide(now, 10, 10, 35) == 10);
  CHECK(rule.decide(300, 10, 10, 35) == 5);  // the ten that were found at first are over
  CHECK(rule.decide(315, 5, 5, 98) == 7);
  CHECK(rule.decide(330, 7, 7, 20) == 7);
  CHECK(rule.decide(614, 7, 7, 20) == 7);
  CHECK(rule.decide(615, 7, 7, 20) == 2);
}

TEST_CASE("scaling up adds four or doubles within fifteen seconds, and stays within the bounds") {
  HpaRule rule(of_target(10));
  CHECK(rule.decide(0, 1, 1, 100) == 5);
  CHECK(rule.decide(5, 5, 5, 100) == 5);  // within the same period
  CHECK(rule.decide(15, 5, 5, 100) == 10);
  CHECK(rule.decide(30, 10, 10, 100) == 20);
  CHECK(rule.decide(45, 20, 20, 100) == 20);
  HpaOptions bounded = of_target(70);
  bounded.min_instances = 3;
  bounded.down_window_s = 0;
  CHECK(HpaRule(bounded).decide(0, 9, 9, 1) == 3);
}
