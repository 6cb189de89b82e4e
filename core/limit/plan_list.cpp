// SPDX-License-Identifier: Apache-2.0
#include "core/limit/plan_list.h"

#include <algorithm>

#include "core/base/shown_text.h"

namespace og {
namespace {

constexpr std::string_view kUnlimitedWord = "unlimited";
constexpr int64_t kMostBurst = 1'000'000'000'000;
constexpr double kLeastPerSecond = 1e-9;

tl::unexpected<Error> bad_plan(std::string_view entry, const std::string& why) {
  return fail(Status::kBadValue, "option 'plans' cannot have '" + shown(entry, 99) + "': " + why,
              "plans");
}

bool is_name(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  return !text.empty() && text.size() <= kMostPlanName &&
         text.find_first_not_of(kLetters) == text.npos;
}

Result<PlanSpec> parse_plan(std::string_view entry) {
  const size_t equals = entry.find('=');
  if (equals == entry.npos)
    return bad_plan(entry, "use a name and a rate such as pro=100/s, pro=100/s:200, pro=unlimited");
  PlanSpec plan{.name = std::string(entry.substr(0, equals)), .rate = {}};
  if (!is_name(plan.name)) {
    return bad_plan(entry, "a plan's name is 1 to " + std::to_string(kMostPlanName) +
                               " letters, digits, _, - and .");
  }
  if (plan.name == kDefaultWord || plan.name == kExemptWord || plan.name == kBlockedWord)
    return bad_plan(entry, "default, exempt and blocked are there without it");
  std::string_view rate = entry.substr(equals + 1);
  if (rate == kUnlimitedWord) return plan;
  if (const size_t colon = rate.find(':'); colon != rate.npos) {
    const auto burst = parse_whole(rate.substr(colon + 1));
    if (!burst || *burst < 1 || *burst > kMostBurst)
      return bad_plan(entry, "a burst is a whole number from 1 to 1000000000000");
    plan.burst = *burst;
    rate = rate.substr(0, colon);
  }
  const auto parsed = parse_rate(rate);
  if (!parsed || parsed->per_second() < kLeastPerSecond ||
      parsed->per_second() > TokenUnits::kMaxPerSecond) {
    return bad_plan(entry,
                    "a rate is whole events over a time such as 100/s, 1000/min or 5/250ms, from "
                    "1e-9 to 1e9 a second, or unlimited");
  }
  plan.rate = *parsed;
  return plan;
}

}  // namespace

Result<std::vector<PlanSpec>> parse_plans(std::string_view text) {
  std::vector<PlanSpec> plans;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
    if (entry.empty()) continue;
    auto plan = parse_plan(entry);
    if (!plan) return tl::unexpected(std::move(plan.error()));
    if (std::any_of(plans.begin(), plans.end(),
                    [&](const auto& p) { return p.name == plan->name; }))
      return bad_plan(entry, "it names '" + plan->name + "' twice");
    plans.push_back(std::move(*plan));
  }
  if (plans.size() >= kMostPlans) {
    return fail(Status::kBadValue,
                "option 'plans' cannot have " + std::to_string(plans.size()) + ": use at most " +
                    std::to_string(kMostPlans - 1) + " besides the limiter's own rate",
                "plans");
  }
  return plans;
}

Result<PlanTerms> terms_of_plan(const PlanSpec& plan, int64_t max_debt, int64_t max_wait_ns) {
  if (!plan.rate) return PlanTerms{PlanTerms::kUnlimited, {}};
  auto units = TokenUnits::create(*plan.rate, plan.burst ? plan.burst : plan.rate->count, max_debt,
                                  max_wait_ns);
  if (units) return PlanTerms{PlanTerms::kRated, units->words()};
  units.error().message =
      "option 'plans' cannot have such a '" + plan.name + "': " + units.error().message;
  units.error().option = "plans";
  return tl::unexpected(std::move(units.error()));
}

}  // namespace og
