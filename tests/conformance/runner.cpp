// SPDX-License-Identifier: Apache-2.0
// conformance_core: the runner over the core's own classes; replay.py says what a runner is.
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "core/fleet/fleet_scope.h"
#include "core/fleet/resp.h"
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
  std::vector<std::shared_ptr<Segment>> segments = {};
  std::vector<std::shared_ptr<Scope>> scopes = {};
  std::map<std::string, std::unique_ptr<Driver>> made = {};

  json answer(const json& ask) {
    const std::string what = ask.at("do");
    if (what == "scopes") return attach(ask);
    if (what == "machines") return join(ask);
    if (ask.contains("clock")) clock->set(ask["clock"]);
    if (what == "take") return take(fleet_of(ask));
    if (what == "reply") {
      fleet_of(ask).reply(ask.at("command"), must(parse_resp(ask.at("reply").get<std::string>())));
      return "ok";
    }
    if (what == "broken") return fleet_of(ask).broken(ask.at("why").get<std::string>()), "ok";
    if (what == "make") return make(ask);
    if (what == "stats") {
      return {{"objects", segments.at(0)->usage().objects},
              {"attachments", segments.at(0)->attached()},
              {"differences", scopes.at(0)->differences().size()}};
    }
    if (what == "drop") return made.erase(ask.at("on").get<std::string>()), "ok";
    if (what == "forget") return forget(ask);
    if (what == "end") return *this = Session(), "ok";
    return made.at(ask.at("on"))->step(ask.at("step"), ask.at("now"));
  }

  json attach(const json& ask) {
    const std::string name = "/outgrow-vector-" + std::to_string(getpid());
    const Config config = config_of(ask.at("config"));
    for (int i = 0; i < ask.at("count"); ++i) {
      segments.push_back(must(HostScope::create(name, config)));
      scopes.push_back(segments.back());
    }
    must(Segment::remove(name));
    return "ok";
  }

  json join(const json& ask) {
    const Config config = config_of(ask.at("config"));
    for (int i = 0; i < ask.at("count"); ++i) {
      const std::string name =
          "/outgrow-vector-" + std::to_string(getpid()) + '-' + std::to_string(i);
      auto host = must(HostScope::create(name, {}));
      must(Segment::remove(name));
      scopes.push_back(must(FleetScope::create(std::move(host), "shop", config, clock)));
    }
    return "ok";
  }

  Fleet& fleet_of(const json& ask) const { return *scopes.at(ask.at("machine"))->fleet(); }

  static std::string take(Fleet& fleet) {
    const auto batch = fleet.take();
    if (batch.empty()) return {};
    std::string text = ":" + std::to_string(batch[0].id) + "\r\n";
    for (const FleetLink::Command& command : batch) append_resp(text, command.words);
    return text;
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
