// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/replay.h"

#include <exception>
#include <iostream>
#include <string>

namespace og::conformance {

int serve(const std::function<json(const json& ask)>& answer) {
  for (std::string line; std::getline(std::cin, line);) {
    json said;
    try {
      said = answer(json::parse(line));
    } catch (const std::exception& error) {
      said = {{"failed", error.what()}};
    }
    std::cout << said.dump() << std::endl;
  }
  return 0;
}

}  // namespace og::conformance
