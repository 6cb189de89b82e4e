// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/rules/rules_command.h"

#include <algorithm>
#include <charconv>
#include <iostream>

#include "bindings/cli/figures.h"

namespace og::cli {
namespace {

constexpr char kAbout[] =
    "Prints Prometheus' recording and alerting rules for service-level objectives whose events\n"
    "outgrow counts.";
constexpr char kFooter[] =
    "NAME is the one under which the objective was added to the metrics, OBJECTIVE the share of\n"
    "events that is to be good: checkout=0.999. The alerts are those of og_slo: page when 1 h and\n"
    "5 min burn above 14.4 or 6 h and 30 min above 6, ticket when 24 h and 2 h burn above 3 or 72 "
    "h\n"
    "and 6 h above 1.\n"
    "\n"
    "Exit status: 0 done; 2 the arguments are no good.";

constexpr const char* kWindows[] = {"5m", "30m", "1h", "2h", "6h", "1d", "3d"};

struct Alert {
  const char* name;
  const char* severity;
  const char* summary;
  struct {
    const char *longer, *shorter, *burn;
  } either[2];
};
constexpr Alert kAlerts[] = {
    {"OutgrowSloPage", "page", "fast", {{"1h", "5m", "14.4"}, {"6h", "30m", "6"}}},
    {"OutgrowSloTicket", "ticket", "slowly", {{"1d", "2h", "3"}, {"3d", "6h", "1"}}},
};

struct Objective {
  std::string name;
  double share;
};

// A name stands within quotes, in PromQL and in YAML.
bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

Result<Objective> objective_of(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == 0 || equals == text.npos)
    return fail("rules takes NAME=OBJECTIVE, not '" + printable(text) + "'");
  Objective made{text.substr(0, equals), 0};
  if (!std::all_of(made.name.begin(), made.name.end(), is_plain))
    return fail("a name of letters, digits, and . _ - / is wanted, not '" + printable(made.name) +
                "'");
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + equals + 1, last, made.share);
  if (error != std::errc() || end != last || !(made.share >= 0.5 && made.share <= 0.999999))
    return fail("the objective of '" + made.name + "' is 0.5 to 0.999999, not '" +
                printable(text.substr(equals + 1)) + "'");
  return made;
}

std::string bad_of(const std::string& name) {
  return "outgrow_slo_events_total{name=\"" + name + "\",outcome=\"bad\"}";
}

void print(const Objective& objective, int min_bad_events) {
  const std::string &name = objective.name, budget = "(1 - " + shortest(objective.share) + ")";
  const auto share = [&](const char* window) {
    return "outgrow:slo_bad_share:" + std::string(window) + "{slo=\"" + name + "\"}";
  };
  std::cout << "  - name: 'outgrow-slo-" << name << "'\n    rules:\n";
  for (const char* window : kWindows) {
    std::cout << "      - record: 'outgrow:slo_bad_share:" << window
              << "'\n        expr: 'sum(rate(" << bad_of(name) << "[" << window
              << "])) / sum(rate(outgrow_slo_events_total{name=\"" << name << "\"}[" << window
              << "]))'\n        labels:\n          slo: '" << name << "'\n";
  }
  for (const Alert& alert : kAlerts) {
    std::cout << "      - alert: '" << alert.name << "'\n        expr: |\n";
    for (const auto& by : alert.either) {
      std::cout << "          " << (&by == alert.either ? "" : "or ") << "(" << share(by.longer)
                << " > " << by.burn << " * " << budget << "\n            and " << share(by.shorter)
                << " > " << by.burn << " * " << budget << "\n            and on () sum(increase("
                << bad_of(name) << "[" << by.longer << "])) >= " << min_bad_events << ")\n";
    }
    std::cout << "        labels:\n          severity: '" << alert.severity << "'\n          slo: '"
              << name << "'\n        annotations:\n          summary: '" << name
              << " spends its error budget " << alert.summary << "'\n";
  }
}

}  // namespace

RulesCommand::RulesCommand(CLI::App& app) : command_(app.add_subcommand("rules", kAbout)) {
  command_->footer(kFooter);
  command_->add_option("NAME=OBJECTIVE", objectives_, "The objectives")->type_name("")->required();
  command_
      ->add_option("--min-bad-events", min_bad_events_,
                   "Below so many in its long window an alert is silent")
      ->type_name("COUNT")
      ->check(CLI::Range(0, 1000000000))
      ->capture_default_str();
}

Result<void> RulesCommand::run() const {
  std::vector<Objective> all;
  for (const std::string& text : objectives_) {
    auto objective = objective_of(text);
    if (!objective) return tl::unexpected(objective.error());
    all.push_back(std::move(*objective));
  }
  std::cout << "groups:\n";
  for (const Objective& objective : all) print(objective, min_bad_events_);
  return {};
}

}  // namespace og::cli
