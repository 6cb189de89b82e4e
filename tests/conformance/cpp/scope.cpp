// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <array>
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class ScopeDriver : public Driver {
 public:
  explicit ScopeDriver(const Setup& setup) : clock_(setup.clock) {
    const std::string name = "/outgrow-scope-vector-" + std::to_string(getpid());
    for (Scope& scope : scopes_) scope = Scope::host(name, setup.options);
    Scope::remove(name);
  }

  json step(const json& step, std::int64_t now_ns) override {
    if (step.contains("on")) return made_.at(step["on"])->step(step, now_ns);
    const std::string op = step.at("op");
    if (op == "make") return answer_or_error([&] { return make(step); });
    if (op == "stats") {
      return {{"objects", scopes_[0].stat(ScopeStat::objects)},
              {"attachments", scopes_[0].stat(ScopeStat::attachments)}};
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  json make(const json& step) {
    const Options options = options_of(step.value("config", json::object()));
    const Scope& scope = scopes_.at(step.value("scope", std::size_t{0}));
    made_[step.at("as")] =
        make_driver(step.at("noun"), {step, options, clock_, &scope, step.at("name")});
    return "ok";
  }

  std::array<Scope, 2> scopes_;
  const Clock& clock_;
  std::map<std::string, std::unique_ptr<Driver>> made_;
};

}  // namespace

std::unique_ptr<Driver> make_scope_driver(const Setup& setup) {
  return std::make_unique<ScopeDriver>(setup);
}

}  // namespace outgrow::conformance
