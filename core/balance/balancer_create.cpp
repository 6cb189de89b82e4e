// SPDX-License-Identifier: Apache-2.0
// What a balancer is made from: its options, and its policy by the word that names it.
#include "core/balance/balancer.h"
#include "core/balance/policies.h"
#include "core/base/hash.h"
#include "core/base/registry.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kPolicyRow[] = {
    {.name = "policy", .type = OptionType::kEnum, .fallback = kPickPolicies[0].word,
     .choices = RegisteredWords<kPickPolicies>::kText, .doc = "How an endpoint is chosen."},
};
constexpr OptionSpec kCommonRows[] = {
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992,
     .doc = "Of what is drawn at random. 0: unlike any other's, and turns begin anywhere; else "
            "they begin at the first endpoint."},
    {.name = "tickets", .type = OptionType::kInt, .fallback = "4096", .min = 1,
     .max = Tickets::kMaxCapacity, .unit = "calls",
     .doc = "Calls in flight at a time."},
    {.name = "ticket_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 0,
     .max = 2592000000, .unit = "ms",
     .doc = "A ticket not returned within this time no longer counts; 0 waits for ever."},
};
// clang-format on
constexpr auto kBalancerRows = with_registered<kPickPolicies>(kPolicyRow, kCommonRows);

// The start is small, so that a turn does not wrap.
Chance draw_chance(uint64_t asked, const EndpointSet& endpoints) {
  if (asked != 0) return {.start = 0, .seed = asked};
  const uint64_t seed = endpoints.seed();
  return {.start = mix64(seed) >> 32, .seed = seed};
}

}  // namespace

constexpr OptionTable kBalancerOptions{"balancer", kBalancerRows};

Result<std::unique_ptr<Balancer>> Balancer::create(const Config& config,
                                                   std::shared_ptr<EndpointSet> endpoints,
                                                   ClockPtr clock, const PickPolicyRow* wanted) {
  auto options = OptionsOf<kBalancerOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  const PickPolicyRow& row = wanted ? *wanted : kPickPolicies[options->chosen("policy")];
  const auto seed = static_cast<uint64_t>(options->integer("seed"));
  auto policy = row.make({*options, *endpoints, draw_chance(seed, *endpoints)});
  if (!policy) return tl::unexpected(std::move(policy.error()));
  const Settings settings{row, options->integer("tickets"), options->duration_ns("ticket_ms")};
  std::unique_ptr<Balancer> balancer(
      new Balancer(settings, std::move(*policy), std::move(endpoints), std::move(clock)));
  balancer->endpoints_->watch(balancer.get());
  balancer->join_forks();
  return balancer;
}

}  // namespace og
