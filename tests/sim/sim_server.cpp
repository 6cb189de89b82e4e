// SPDX-License-Identifier: Apache-2.0
// sim_server: the simulated server as a program, for vectors of a fleet
// (tests/conformance/replay.py). It answers each line of its input, {"words": ["EVALSHA", ...],
// "now": ns}, with what the server answered, in RESP, as a JSON text;
// {"do": "flush"} with "ok".
#include "tests/sim/sim_server.h"

#include <iostream>
#include <nlohmann/json.hpp>

namespace {

std::string resp_of(const og::FleetReply& reply) {
  using Kind = og::FleetReply::Kind;
  switch (reply.kind) {
    case Kind::kInteger:
      return ":" + std::to_string(reply.integer) + "\r\n";
    case Kind::kText:
      return "$" + std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
    case Kind::kError:
      return "-" + reply.text + "\r\n";
    case Kind::kList: {
      std::string all = "*" + std::to_string(reply.list.size()) + "\r\n";
      for (const og::FleetReply& each : reply.list) all += resp_of(each);
      return all;
    }
    case Kind::kNothing:
      break;
  }
  return "$-1\r\n";
}

}  // namespace

int main() {
  og::test::SimServer server;
  for (std::string line; std::getline(std::cin, line);) {
    const auto ask = nlohmann::json::parse(line);
    nlohmann::json answer = "ok";
    if (ask.contains("words")) {
      answer = resp_of(server.run(ask["words"], ask["now"]));
    } else {
      server.flush();
    }
    std::cout << answer.dump() << std::endl;
  }
}
