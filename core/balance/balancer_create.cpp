// SPDX-License-Identifier: Apache-2.0
// What a balancer is made from, and what it becomes while it is in use: its options, and its policy
// by the word that names it.
#include <algorithm>
#include <functional>

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
     .choices = RegisteredWords<kPickPolicies>::kText, .doc = "How an endpoint is chosen.",
     .changes = true},
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
    kOnMismatch,
};
// clang-format on
constexpr auto kBalancerRows = with_registered<kPickPolicies>(kPolicyRow, kCommonRows);

constexpr CellSpec kBalancerCells{CellKind::kBalancer};

// The start is small, so that a turn does not wrap.
Chance draw_chance(uint64_t asked, const EndpointSet& endpoints) {
  if (asked != 0) return {.start = 0, .seed = asked};
  const uint64_t seed = endpoints.seed();
  return {.start = mix64(seed) >> 32, .seed = seed};
}

// Whether the policy stays, with all that is its own. Options of others do not concern it.
bool is_same_policy(const PickPolicyRow& row, const Options& before, const Options& after) {
  const auto differences = before.differences(after);
  return std::none_of(differences.begin(), differences.end(), [&](const auto& differs) {
    return differs.option == "policy" ||
           std::any_of(row.options.begin(), row.options.end(),
                       [&](const OptionSpec& own) { return differs.option == own.name; });
  });
}

}  // namespace

constexpr OptionTable kBalancerOptions{"balancer", kBalancerRows};

// A change of the policy, as the set has balancers draw and show their plans.
class Balancer::Renewal final : public EndpointSet::Watcher {
 public:
  Renewal(Balancer& of, PolicyInUse next) : of_(of), next_(std::move(next)) {}

  void prepare(Draft& draft) override {
    of_.plan_.reserve();
    plan_ = of_.draw_plan(next_, draft);
  }
  void commit() noexcept override {
    of_.keeps_keys_.store(next_.row->keeps_keys, std::memory_order_relaxed);
    of_.hears_ends_.store(next_.row->hears_ends, std::memory_order_relaxed);
    std::swap(of_.policy_, next_);
    of_.plan_.publish(std::move(plan_), of_.endpoints_->gate());
  }

 private:
  Balancer& of_;
  PolicyInUse next_;  // the former one once it is made
  std::unique_ptr<const Plan> plan_;
};

Result<std::unique_ptr<Balancer>> Balancer::create(const Config& config,
                                                   std::shared_ptr<EndpointSet> endpoints,
                                                   ClockPtr clock, const Place& place,
                                                   const PickPolicyRow* wanted) {
  using Table = OptionsOf<kBalancerOptions>;
  auto asked = Table::resolve(config);
  if (!asked) return tl::unexpected(asked.error());
  auto memory = place.take(kBalancerCells, *asked,
                           [](const Table&) -> Result<Scope::Bytes> { return Scope::Bytes{}; });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  const auto* changes = memory->options_version();
  const uint64_t version = changes ? changes->load(std::memory_order_acquire) : 0;
  const std::string meaning = memory->options();
  std::optional<CellMemory> shared;
  if (changes) shared.emplace(std::move(*memory));
  auto holding = Options::recall(kBalancerOptions, meaning, &*asked);
  if (!holding) return tl::unexpected(std::move(holding.error()));
  const auto options = Table::among(*holding);
  std::unique_ptr<Balancer> balancer(
      new Balancer({options.integer("tickets"), options.duration_ns("ticket_ms")}, endpoints, clock,
                   std::move(shared), place.name()));
  auto policy = balancer->make_policy(options, wanted);
  if (!policy) return tl::unexpected(std::move(policy.error()));
  {
    ForkLock changing(balancer->changing_);
    balancer->meaning_ = meaning;
  }
  balancer->followed_.store(version, std::memory_order_relaxed);
  balancer->begin_with(std::move(*policy));
  balancer->join_forks();
  return place.settled(CellKind::kBalancer, std::move(balancer), replaces, *asked,
                       [&] { return create(config, endpoints, clock, place, wanted); });
}

void Balancer::begin_with(PolicyInUse policy) {
  keeps_keys_.store(policy.row->keeps_keys, std::memory_order_relaxed);
  hears_ends_.store(policy.row->hears_ends, std::memory_order_relaxed);
  policy_ = std::move(policy);
  endpoints_->watch(this);
}

Result<PolicyInUse> Balancer::make_policy(const Options& options, const PickPolicyRow* wanted) {
  const auto is = OptionsOf<kBalancerOptions>::among(options);
  const PickPolicyRow& row = wanted ? *wanted : kPickPolicies[is.chosen("policy")];
  const auto seed = static_cast<uint64_t>(is.integer("seed"));
  auto policy = row.make({is, *endpoints_, draw_chance(seed, *endpoints_)});
  if (!policy) return tl::unexpected(std::move(policy.error()));
  const bool reads_clock =
      row.reads_time || (row.reads_in_flight && (tickets_.timed() || has_others_));
  return PolicyInUse{&row, std::move(*policy), reads_clock};
}

// All that can fail comes first, and shows nowhere.
Result<void> Balancer::become(const Options& after) {
  std::string meaning = after.meaning();
  auto before = Options::recall(kBalancerOptions, meaning_);
  if (!before) return tl::unexpected(std::move(before.error()));
  if (!is_same_policy(*policy_.row, *before, after)) {
    auto next = make_policy(after);
    if (!next) return tl::unexpected(std::move(next.error()));
    Renewal renewal(*this, std::move(*next));
    endpoints_->show_once(&renewal);
  }
  meaning_ = std::move(meaning);
  return {};
}

Result<void> Balancer::reconfigure(const Config& config) {
  ForkLock changing(changing_);
  if (!shared_) {
    auto change = Options::change(kBalancerOptions, meaning_, config);
    if (!change) return tl::unexpected(std::move(change.error()));
    return become(change->after);
  }
  // What this process cannot have, nobody is told to have.
  auto change = Options::change(kBalancerOptions, shared_->options(), config);
  if (!change) return tl::unexpected(std::move(change.error()));
  if (auto policy = make_policy(change->after); !policy)
    return tl::unexpected(std::move(policy.error()));
  using Write = std::function<void()>;
  auto changed = shared_->change<kBalancerOptions>(
      config, [](const auto&, const auto&) -> Result<Write> { return Write([] {}); });
  if (!changed) return changed;
  follow_shared();
  return {};
}

void Balancer::follow_options() noexcept {
  if (!changing_.try_lock()) return;
  try {
    follow_shared();
  } catch (const std::bad_alloc&) {  // with the old policy, until it can
  }
  changing_.unlock();
}

// Becomes as the others are; or tells why it stays as it was.
void Balancer::follow_shared() {
  const uint64_t version = shared_version_->load(std::memory_order_acquire);
  if (version == followed_.load(std::memory_order_relaxed)) return;
  auto options = Options::recall(kBalancerOptions, shared_->options());
  const auto became = options ? become(*options) : tl::unexpected(std::move(options.error()));
  if (!became) {
    shared_->tell_difference(
        "balancer '" + name_ + "'",
        "balancer '" + name_ + "' stays with its policy: " + became.error().message);
  }
  followed_.store(version, std::memory_order_release);
}

}  // namespace og
