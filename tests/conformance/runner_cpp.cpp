// SPDX-License-Identifier: Apache-2.0
// conformance_cpp: the runner over outgrow.hpp; replay.py says what a runner is.
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {

#define OG_DRIVER(noun) std::unique_ptr<Driver> make_##noun##_driver(const Setup&);
#include "cpp_drivers.inc"
#undef OG_DRIVER

Options options_of(const json& object) {
  Options options;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) {
      options.set(name, value.get<std::string>());
    } else if (value.is_boolean()) {
      options.set(name, value.get<bool>());
    } else if (value.is_number_integer()) {
      options.set(name, value.get<std::int64_t>());
    } else {
      options.set(name, value.get<double>());
    }
  }
  return options;
}

namespace {

using Make = std::unique_ptr<Driver> (*)(const Setup&);
const std::map<std::string, Make> kDrivers = {
#define OG_DRIVER(noun) {#noun, &make_##noun##_driver},
#include "cpp_drivers.inc"
#undef OG_DRIVER
};

struct Session {
  Clock clock = Clock::manual();
  std::vector<Scope> scopes = {};
  std::vector<Fleet> fleets = {};
  std::map<std::string, std::unique_ptr<Driver>> made = {};

  json answer(const json& ask) {
    const std::string what = ask.at("do");
    if (what == "scopes") return attach(ask);
    if (what == "machines") return join(ask);
    if (ask.contains("clock")) clock.set(time_of(ask["clock"]));
    if (what == "take") return fleets.at(ask.at("machine")).take();
    if (what == "reply") {
      fleets.at(ask.at("machine")).reply(ask.at("command"), ask.at("reply").get<std::string>());
      return "ok";
    }
    if (what == "broken") return fleets.at(ask.at("machine")).broken(ask.at("why")), "ok";
    if (what == "make") return answer_or_error([&] { return make(ask); });
    if (what == "stats") {
      return {{"objects", scopes.at(0).stat(ScopeStat::objects)},
              {"attachments", scopes.at(0).stat(ScopeStat::attachments)},
              {"differences", scopes.at(0).stat(ScopeStat::differences)}};
    }
    if (what == "drop") return made.erase(ask.at("on").get<std::string>()), "ok";
    if (what == "forget") return answer_or_error([&] { return forget(ask); });
    return made.at(ask.at("on"))->step(ask.at("step"), ask.at("now"));
  }

  json attach(const json& ask) {
    const std::string name = "/outgrow-vector-" + std::to_string(getpid());
    const Options options = options_of(ask.at("config"));
    for (int i = 0; i < ask.at("count"); ++i) scopes.push_back(Scope::host(name, options));
    Scope::remove(name);
    return "ok";
  }

  json join(const json& ask) {
    for (int i = 0; i < ask.at("count"); ++i) {
      const std::string name =
          "/outgrow-vector-" + std::to_string(getpid()) + '-' + std::to_string(i);
      const Scope host = Scope::host(name);
      Scope::remove(name);
      fleets.emplace_back(host, "shop", options_of(ask.at("config")), clock);
      scopes.push_back(fleets.back().scope());
    }
    return "ok";
  }

  json forget(const json& ask) {
    scopes.at(ask.at("scope")).forget(ask.at("kind"), ask.at("name"));
    return "ok";
  }

  json make(const json& ask) {
    const Options options = options_of(ask.at("config"));
    const Scope* scope = ask.contains("scope") ? &scopes.at(ask["scope"]) : nullptr;
    made[ask.at("as")] =
        kDrivers.at(ask.at("noun"))({ask, options, clock, scope, ask.value("name", "")});
    return "ok";
  }
};

}  // namespace
}  // namespace outgrow::conformance

int main() {
  auto session = std::make_unique<outgrow::conformance::Session>();
  return og::conformance::serve([&](const auto& ask) -> nlohmann::json {
    if (ask.at("do") != "end") return session->answer(ask);
    session = std::make_unique<outgrow::conformance::Session>();
    return "ok";
  });
}
