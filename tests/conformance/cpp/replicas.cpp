// SPDX-License-Identifier: Apache-2.0
#include "replicas_driver.h"

namespace outgrow::conformance {

json ReplicasDriver::reads(const json& step, std::int64_t) {
  std::vector<std::int32_t> nodes;
  replicas.read_many(step.at("count"), nodes);
  json answers = json::array();
  for (std::int32_t node : nodes) answers.push_back(answer_index(node));
  return answers;
}

}  // namespace outgrow::conformance
