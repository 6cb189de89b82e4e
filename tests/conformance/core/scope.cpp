// SPDX-License-Identifier: Apache-2.0
// Two owners of one segment, with the vector's config, as two processes have them.
// make {noun, as, name, config, scope: 0 | 1} -> "ok" | {error, option}; the other steps say `on`
// which of these they are for, and are its noun's. stats -> {objects, attachments}
#include <unistd.h>

#include <array>
#include <map>

#include "core/scope/host_scope.h"
#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class ScopeDriver : public Driver {
 public:
  explicit ScopeDriver(const Setup& setup) : clock_(setup.clock) {
    const std::string name = "/outgrow-scope-vector-" + std::to_string(getpid());
    for (auto& scope : scopes_) scope = must(HostScope::create(name, setup.config));
    must(Segment::remove(name));
  }

  json step(const json& step, int64_t now) override {
    if (step.contains("on")) return made_.at(step["on"])->step(step, now);
    const std::string op = step.at("op");
    if (op == "make") return make(step);
    if (op == "stats") {
      const Segment& segment = *scopes_[0];
      return {{"objects", segment.usage().objects}, {"attachments", segment.attached()}};
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  json make(const json& step) {
    const std::string noun = step.at("noun");
    const Config config = config_of(step.value("config", json::object()));
    const Place place(scopes_.at(step.value("scope", size_t{0})), step.at("name"));
    try {
      made_[step.at("as")] = make_driver(noun, {step, config, clock_, place});
    } catch (const Refusal& refusal) {
      return error_json(refusal.error);
    }
    return "ok";
  }

  std::array<std::shared_ptr<Segment>, 2> scopes_;
  std::shared_ptr<Clock> clock_;
  std::map<std::string, std::unique_ptr<Driver>> made_;
};

}  // namespace

std::unique_ptr<Driver> make_scope_driver(const Setup& setup) {
  return std::make_unique<ScopeDriver>(setup);
}

}  // namespace og::conformance
