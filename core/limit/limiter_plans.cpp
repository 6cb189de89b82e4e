// SPDX-License-Identifier: Apache-2.0
// What a limiter does with the plans of its keys.
#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/refusal.h"
#include "core/base/shown_text.h"
#include "core/limit/limiter.h"

namespace og {
namespace {

std::string named(std::string_view name) { return "limiter" + refusing(name); }

}  // namespace

int64_t Limiter::acquire_as_at(std::string_view key, std::string_view plan, int64_t cost,
                               int64_t now) noexcept {
  Plans* const plans = this->plans();
  if (!plans) return static_cast<int64_t>(Status::kUnsupported);
  const uint64_t hash = prefetch(key);
  const auto number = plans->number(plan);
  if (!number) return static_cast<int64_t>(Status::kBadValue);
  const int64_t wait = count(plans->acquire_as(*number, hash, now, cost));
  return wait > 0 ? enforced(key, hash, wait) : wait;
}

Result<void> Limiter::set_plan_at(std::string_view key, std::string_view plan, int64_t now) {
  Plans* const plans = this->plans();
  if (!plans) return no_plans();
  std::unique_lock lock(planning_);
  auto change = memory_.scope().change(&lock);
  if (!change) return tl::unexpected(std::move(change.error()));
  const auto number = plans->number(plan);
  if (!number) {
    std::vector<std::string> names{"default", "exempt", "blocked"};
    for (uint64_t i = 1; i <= plans->book().count(); ++i) names.push_back(plans->book().name(i));
    std::string others;
    for (const auto& each : names) others += (others.empty() ? "" : ", ") + each;
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string near = nearest_name(plan, known);
    return fail(Status::kBadValue,
                named(name()) + " has no plan '" + shown(plan, 99) + "'" +
                    (near.empty() ? "" : " (did you mean '" + near + "'?)") + ": it has " + others,
                "plan");
  }
  if (plans->set_plan(region_.table().hash(key), *number, now, inheritance_)) return {};
  return fail(Status::kFull,
              named(name()) + " has plans for " + std::to_string(plans->map().keys()) +
                  " keys, as many as option 'plan_keys' has room for: raise it",
              "plan_keys");
}

Result<std::string> Limiter::plan(std::string_view key) const {
  const Plans* const plans = this->plans();
  if (!plans) return no_plans();
  return plans->name(plans->plan_of(region_.table().hash(key)));
}

Result<Limiter::KeyTerms> Limiter::terms(std::string_view key) const {
  auto all = all_terms();
  if (!all) return tl::unexpected(std::move(all.error()));
  KeyTerms told{(*all)->terms.front(), {}};
  const Plans* const plans = this->plans();
  const uint64_t number = plans ? plans->plan_of(region_.table().hash(key)) : kDefaultPlan;
  if (number == kDefaultPlan) return told;
  told.plan = plans->name(number);
  told.is_limited = false;
  for (const PlanSpec& spec : (*all)->plans) {
    if (spec.name != told.plan || !spec.rate) continue;
    told.terms = {*spec.rate, spec.burst != 0 ? spec.burst : spec.rate->count};
    told.is_limited = true;
  }
  return told;
}

void Limiter::collect_plans(MetricSink& sink) const {
  std::array<int64_t, kPlanNumbers> keys{};
  plans()->map().each([&](uint64_t plan) { ++keys[plan]; });
  for (uint64_t plan = 1; plan < kPlanNumbers; ++plan) {
    if (plan < kMostPlans && plan > plans()->book().count()) continue;
    sink.gauge("outgrow_limiter_plan_keys", "Keys that were given the plan.",
               {{"plan", plans()->name(plan)}}, static_cast<double>(keys[plan]));
  }
}

tl::unexpected<Error> Limiter::no_plans() const {
  if (leased_) {
    return fail(Status::kUnsupported,
                named(name()) + " is in a fleet, where keys have no plans, in any mode");
  }
  return fail(Status::kUnsupported,
              named(name()) + " has no plans: make it with option 'plans', or 'plan_keys'",
              "plans");
}

// Each plan keeps its number: keys have it.
Result<std::function<void()>> Limiter::change_plans(const PlanSetup& after, TokensInheritance rule,
                                                    int64_t now) {
  const auto& book = plans()->book();
  AllPlanTerms terms{};
  terms[kDefaultPlan] = after.terms[kDefaultPlan];
  uint64_t next = book.count() + 1;
  for (size_t i = 0; i < after.specs.size(); ++i) {
    const auto known = book.find(after.specs[i].name);
    const uint64_t number = known ? *known : next++;
    if (number >= kMostPlans) {
      return fail(Status::kBadValue,
                  "option 'plans' cannot have '" + after.specs[i].name +
                      "' besides: the limiter has had 15",
                  "plans");
    }
    terms[number] = after.terms[i + 1];
  }
  for (uint64_t i = 1; i <= book.count(); ++i) {
    if (terms[i].kind != PlanTerms::kNone || !plans()->number(book.name(i))) continue;
    return fail(Status::kBadValue,
                "option 'plans' must keep '" + book.name(i) +
                    "' while the limiter is in use: keys may have it",
                "plans");
  }
  if (!plans()->has_room_for_all(terms, now)) return no_room_to_change();
  return [this, specs = after.specs, terms, rule, now] {
    plans()->change_all(specs, terms, now, rule);
  };
}

}  // namespace og
