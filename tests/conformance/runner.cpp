// SPDX-License-Identifier: Apache-2.0
// conformance_core: the runner over the core's own classes; replay.py says what a runner is.
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "core/inspect/opened_object.h"
#include "core/scope/host_scope.h"
#include "tests/conformance/driver.h"

namespace og::conformance {

#define OG_DRIVER(noun) std::unique_ptr<Driver> make_##noun##_driver(const Setup&);
#include "core_drivers.inc"
#undef OG_DRIVER

namespace {

using Make = std::unique_ptr<Driver> (*)(const Setup&);
const std::map<std::string, Make> kDrivers = {
#define OG_DRIVER(noun) {#noun, &make_##noun##_driver},
#include "core_drivers.inc"
#undef OG_DRIVER
};

struct Session {
  std::shared_ptr<Clock> clock = make_manual_clock(0);
  std::vector<std::shared_ptr<Segment>> scopes = {};
  std::map<std::string, std::unique_ptr<Driver>> made = {};

  json answer(const json& ask) {
    const std::string what = ask.at("do");
    if (what == "scopes") return attach(ask);
    if (what == "make") return make(ask);
    if (what == "stats") {
      return {{"objects", scopes.at(0)->usage().objects},
              {"attachments", scopes.at(0)->attached()},
              {"differences", scopes.at(0)->differences().size()}};
    }
    if (what == "drop") return made.erase(ask.at("on").get<std::string>()), "ok";
    if (what == "forget") return forget(ask);
    if (what == "end") return *this = Session(), "ok";
    if (ask.contains("clock")) clock->set(ask["clock"]);
    return made.at(ask.at("on"))->step(ask.at("step"), ask.at("now"));
  }

  json attach(const json& ask) {
    const std::string name = "/outgrow-vector-" + std::to_string(getpid());
    const Config config = config_of(ask.at("config"));
    for (int i = 0; i < ask.at("count"); ++i) {
      scopes.push_back(must(HostScope::create(name, config)));
    }
    must(Segment::remove(name));
    return "ok";
  }

  json forget(const json& ask) {
    const ObjectKind* kind = find_kind(ask.at("kind").get<std::string>());
    if (!kind) return error_json({Status::kInvalidArgument, "no such kind", "kind"});
    auto forgotten =
        scopes.at(ask.at("scope"))
            ->forget(static_cast<CellKind>(kind->kind), ask.at("name").get<std::string>());
    if (!forgotten) return error_json(forgotten.error());
    return "ok";
  }

  json make(const json& ask) {
    const Config config = config_of(ask.at("config"));
    Place place;
    if (ask.contains("scope")) place = Place(scopes.at(ask["scope"]), ask.at("name"));
    try {
      made[ask.at("as")] = kDrivers.at(ask.at("noun"))({ask, config, clock, place});
    } catch (const Refusal& refusal) {
      return error_json(refusal.error);
    }
    return "ok";
  }
};

}  // namespace

Config config_of(const json& options) {
  Config config;
  for (const auto& [name, value] : options.items()) {
    config.set(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return config;
}

}  // namespace og::conformance

int main() {
  og::conformance::Session session;
  return og::conformance::serve([&](const auto& ask) { return session.answer(ask); });
}
