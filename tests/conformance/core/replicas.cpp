// SPDX-License-Identifier: Apache-2.0
#include "replicas_driver.h"

namespace og::conformance {

json ReplicasDriver::reads(const json& step, int64_t) {
  json nodes = json::array();
  for (int64_t i = 0; i < whole(step, "count"); ++i) {
    nodes.push_back(answer_index(replicas->read()));
  }
  return nodes;
}

}  // namespace og::conformance
