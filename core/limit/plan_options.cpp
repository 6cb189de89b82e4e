// SPDX-License-Identifier: Apache-2.0
#include "core/limit/plan_options.h"

#include <string>

#include "core/base/typed_options.h"
#include "core/limit/token_bucket_policy.h"

namespace og {

Result<std::optional<PlanSetup>> plan_setup(const Options& all, bool is_in_fleet) {
  const auto options = OptionsOf<kPlanOptions>::among(all);
  const std::string& text = options.text("plans");
  PlanSetup setup;
  setup.plan_keys = static_cast<uint64_t>(options.integer("plan_keys"));
  if (text.empty() && setup.plan_keys == 0) return std::nullopt;
  const char* given = text.empty() ? "plan_keys" : "plans";
  if (is_in_fleet) {
    return fail(Status::kUnsupported,
                std::string("option '") + given +
                    "' is not for a fleet, in any mode: its machines share one rate",
                given);
  }
  const auto bucket = OptionsOf<kTokenBucketOptions>::among(all);
  auto parsed = parse_plans(text);
  if (!parsed) return tl::unexpected(std::move(parsed.error()));
  setup.specs = std::move(*parsed);
  for (size_t i = 0; i < setup.specs.size(); ++i) {
    auto terms = terms_of_plan(setup.specs[i], bucket.integer("max_debt"),
                               bucket.duration_ns("max_wait_ms"));
    if (!terms) return tl::unexpected(std::move(terms.error()));
    setup.terms[i + 1] = *terms;
  }
  return setup;
}

}  // namespace og
