// SPDX-License-Identifier: Apache-2.0
#include "core/limit/limiter.h"

#include <algorithm>
#include <functional>
#include <string>
#include <type_traits>

#include "core/base/registry.h"
#include "core/base/size_text.h"
#include "core/base/typed_options.h"
#include "core/limit/lease_terms.h"
#include "core/limit/limiter_leased.h"
#include "core/limit/policy_clock.h"
#include "core/limit/table_size.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRowsBefore[] = {
    {.name = "rate", .type = OptionType::kRate, .fallback = nullptr, .min = 1e-9,
     .max = TokenUnits::kMaxPerSecond, .unit = "events a second",
     .doc = "Events let through over time: 100/s, 1000/min, 5/250ms, 1000000/month; or up to 8 rates that must all let it through.",
     .changes = true, .most = LimitPolicies::kMostBands},
    {.name = "policy", .type = OptionType::kEnum, .fallback = LimitPolicies::kRows[0].word,
     .choices = RegisteredWords<LimitPolicies::kRows>::kText,
     .doc = "Refill evenly up to a burst, or count over the rate's period: exactly, in windows of the clock, by two counters, or in windows of a calendar; pace keys, more slowly after a rest; or count any number of keys in a sketch."},
};
constexpr OptionSpec kRowsAfter[] = {
    {.name = "keys", .type = OptionType::kInt, .fallback = "65536", .min = 1, .max = 1073741824,
     .unit = "keys",
     .doc = "Keys it has room for at once: 32 bytes each, with sliding_window 16 more an event."},
    {.name = "when_full", .type = OptionType::kEnum, .fallback = "deny", .choices = "deny|allow",
     .doc = "What becomes of a new key when every cell it could have is in use."},
    {.name = "max_memory", .type = OptionType::kBytes, .fallback = "256MiB", .min = 4096,
     .max = 1099511627776, .unit = "bytes",
     .doc = "Creation fails when keys need more than this.",
     .of_caller = true},
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992,
     .doc = "Of the keys' hash; 0: one that no client can guess."},
    {.name = "tokens_inheritance", .type = OptionType::kEnum, .fallback = "proportional",
     .choices = "proportional|as_is|additive|reset",
     .doc = "What a bucket holds after rate or burst changed: as full, as much, plus the growth, all.",
     .of_caller = true},
    kPlanRows[0],
    kPlanRows[1],
    {.name = "enforce_percent", .type = OptionType::kInt, .fallback = "100", .min = 0, .max = 100,
     .unit = "%",
     .doc = "Keys whose denials hold; those of others pass and are counted. 0: a trial run.",
     .changes = true},
    {.name = "hottest", .type = OptionType::kBool, .fallback = "false",
     .doc = "Note which keys are denied most. In a scope it is always so.", .of_caller = true},
    kReservationRows[0],
    kLeaseRows[0],
    kLeaseRows[1],
    kLeaseRows[2],
    kLeaseRows[3],
    kLeaseRows[4],
    kOnMismatch,
};
// clang-format on

constexpr auto kRows = with_registered<LimitPolicies::kRows>(kRowsBefore, kRowsAfter);

// 1 had a start time in the table's head, and no epochs. 2 did not tell how many words of the
// policy's a cell has, and had nothing behind them. 3 had no plans: who has none of them in its
// options uses cells that have none. 4 had no reservations, and so it is with them.
constexpr CellSpec kCells{CellKind::kLimiter, {.version = 5, .usable_by = 2, .uses = 2}};
constexpr CellSpec kPlanCells{CellKind::kLimiter, {.version = 5, .usable_by = 4, .uses = 2}};
constexpr CellSpec kReservationCells{CellKind::kLimiter, {.version = 5, .usable_by = 5, .uses = 2}};

}  // namespace

constexpr OptionTable kLimiterOptions{"limiter", kRows};

namespace {

// What the agent of a fleet is to have; nothing elsewhere.
Result<std::optional<LeaseAgent::Terms>> terms_of(const OptionsOf<kLimiterOptions>& options,
                                                  bool is_in_fleet) {
  if (!is_in_fleet) {
    if (auto usual = check_unleased(options); !usual) return tl::unexpected(usual.error());
    return std::nullopt;
  }
  if (options.word("policy") != TokenBucketPolicy::kWord) {
    return fail(Status::kUnsupported,
                "option 'policy' cannot be " + options.word("policy") +
                    " in a fleet: its machines share a token_bucket",
                "policy");
  }
  if (options.rates("rate").size() > 1) {
    return fail(Status::kUnsupported,
                "option 'rate' cannot be several rates in a fleet, in any mode: its server counts "
                "by one",
                "rate");
  }
  const auto rule = options.choice<TokensInheritance>("tokens_inheritance");
  if (rule == TokensInheritance::kAdditive || rule == TokensInheritance::kReset) {
    return fail(Status::kUnsupported,
                "option 'tokens_inheritance' cannot be " + options.word("tokens_inheritance") +
                    " in a fleet: a bucket there keeps its tokens as they are",
                "tokens_inheritance");
  }
  auto terms = lease_terms({options.rate("rate"), options});
  if (!terms) return tl::unexpected(std::move(terms.error()));
  return *terms;
}

// The plans, the first of which is the policy's own rate; nothing of a limiter without.
Result<std::optional<PlanSetup>> with_plans(const OptionsOf<kLimiterOptions>& options,
                                            const std::vector<LimitPolicies::Any>& policies,
                                            bool is_in_fleet) {
  auto plans = plan_setup(options, is_in_fleet);
  if (!plans || !*plans) return plans;
  if (options.word("policy") != TokenBucketPolicy::kWord) {
    const char* given = options.text("plans").empty() ? "plan_keys" : "plans";
    return fail(Status::kBadValue,
                std::string("option '") + given + "' is for token_bucket, not for " +
                    options.word("policy"),
                given);
  }
  if (policies.size() > 1) {
    return fail(Status::kBadValue,
                "option 'rate' cannot be several rates in a limiter with plans: a plan has one",
                "rate");
  }
  if ((*plans)->plan_keys == 0)
    (*plans)->plan_keys = static_cast<uint64_t>(options.integer("keys"));
  (*plans)->terms[kDefaultPlan] = {
      PlanTerms::kRated, visit_variant(policies[0], [](const auto& p) { return p.kept(); })};
  return plans;
}

// The policy of each rate.
Result<std::vector<LimitPolicies::Any>> policies_of(const OptionsOf<kLimiterOptions>& options) {
  const std::vector<RateBand> rates = options.rates("rate");
  if (rates.size() > 1 && options.integer("burst") != 0) {
    return fail(Status::kBadValue,
                "option 'burst' is of one rate: of several each has its own behind a colon, as in "
                "rate = \"100/s:20, 5000/h\"",
                "burst");
  }
  if (rates.size() > 1 && LimitPolicies::kGivesNothingBack[options.chosen("policy")]) {
    return fail(Status::kBadValue,
                "option 'rate' cannot be several rates with " + options.word("policy") +
                    ": what one of them took could not be given back",
                "rate");
  }
  if (rates.size() > 1 && options.integer("initial") != -1) {
    return fail(Status::kBadValue,
                "option 'initial' is of one rate: with several a new key has all of each",
                "initial");
  }
  std::vector<LimitPolicies::Any> policies;
  for (const RateBand& each : rates) {
    if (each.burst != 0 && !LimitPolicies::kHoldsBurst[options.chosen("policy")]) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot say a burst with " + options.word("policy") +
                      ": it holds each rate's count",
                  "rate");
    }
    auto policy = LimitPolicies::create(options.chosen("policy"), {each.rate, options, each.burst});
    if (!policy) return tl::unexpected(std::move(policy.error()));
    policies.push_back(std::move(*policy));
  }
  return policies;
}

}  // namespace

Result<std::unique_ptr<Limiter>> Limiter::create(const Config& config, ClockPtr clock,
                                                 const Place& place) {
  auto options = OptionsOf<kLimiterOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  Settings settings{};
  Policies policies;
  ClockPtr by;
  auto asked = plan_setup(*options, place.scope().fleet() != nullptr);
  if (!asked) return tl::unexpected(std::move(asked.error()));
  const CellSpec& cells = options->integer("reservations") > 0 ? kReservationCells
                          : *asked                             ? kPlanCells
                                                               : kCells;
  auto memory = place.take(cells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    auto made = policies_of(agreed);
    if (!made) return tl::unexpected(std::move(made.error()));
    policies = std::move(*made);
    auto goes_by = clock_of(policies[0], clock);
    if (!goes_by) return tl::unexpected(std::move(goes_by.error()));
    by = std::move(*goes_by);
    auto terms = terms_of(agreed, place.scope().fleet() != nullptr);
    if (!terms) return tl::unexpected(std::move(terms.error()));
    const auto keys = table_keys(agreed, policies[0]);
    if (!keys) return tl::unexpected(keys.error());
    settings = {
        .keys = *keys,
        .crowd = agreed.template choice<Crowd>("when_full"),
        .seed = place.seed(static_cast<uint64_t>(agreed.integer("seed"))),
        .notes_hottest = agreed.flag("hottest"),
        .fleet = place.scope().fleet(),
        .inheritance = agreed.template choice<TokensInheritance>("tokens_inheritance"),
        .plans = std::nullopt,
        .reservations = 0,
        .reservations_at = 0,
    };
    auto plans = with_plans(agreed, policies, settings.fleet != nullptr);
    if (!plans) return tl::unexpected(std::move(plans.error()));
    settings.plans = std::move(*plans);
    std::vector<uint64_t> words;
    std::vector<Epochs::Begun> firsts;
    for (const auto& policy : policies) {
      words.push_back(settings.fleet
                          ? GrantCells<>::kBytesBeside / 8
                          : visit_variant(policy, [](const auto& p) { return p.words(); }));
      firsts.push_back(LimitPolicies::first(policy));
    }
    uint64_t bytes = Region::bytes_for(settings.keys, words.back());
    for (size_t i = 0; i + 1 < words.size(); ++i)
      bytes += Region::stride_for(settings.keys, words[i]);
    if (settings.plans)
      bytes = plans_at(settings.keys) + Plans::bytes_for(settings.plans->plan_keys);
    if (auto can = check_reservations(agreed, {.policy = agreed.word("policy"),
                                               .has_plans = settings.plans.has_value(),
                                               .has_rates = policies.size() > 1,
                                               .is_in_fleet = settings.fleet != nullptr});
        !can)
      return tl::unexpected(std::move(can.error()));
    settings.reservations = static_cast<uint32_t>(agreed.integer("reservations"));
    if (settings.reservations > 0) {
      settings.reservations_at = Region::stride_for(settings.keys, words[0]);
      bytes = settings.reservations_at + ReservationSlots<>::bytes_for(settings.reservations);
    }
    const int64_t most = agreed.bytes("max_memory");
    if (bytes > static_cast<uint64_t>(most) && !place.scope().is_read_only()) {
      const auto [option, size] = sized_by(agreed);
      return fail(Status::kBadValue,
                  std::string("option '") + option + "' cannot be " + std::to_string(size) +
                      ": they need " + size_text(bytes) + " and max_memory is " +
                      size_text(static_cast<uint64_t>(most)),
                  option);
    }
    return Scope::Bytes{
        .own = bytes,
        .shared = PlacedCounters<4>::kBytes + HotKeys::kBytes,
        .begin = [words, firsts, terms = *terms, settings,
                  percent = agreed.integer("enforce_percent")](char* own) {
          char* at = own;
          for (size_t i = 0; i < words.size(); ++i) {
            Region::begin(at, firsts[i], words[i]);
            at += Region::stride_for(settings.keys, words[i]);
          }
          Epochs(own).enforcement().set(percent);
          if (const auto& own_plans = settings.plans)
            Plans::begin(own + plans_at(settings.keys), own_plans->specs, own_plans->terms);
          if (!terms) return;
          LeasedObject::before(own).begin(
              {settings.keys, settings.seed, Epochs::kBytes, Region::bytes_for(settings.keys, 0)},
              *terms);
        }};
  });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  std::unique_ptr<Limiter> made(new Limiter(settings, policies, std::move(by), std::move(*memory)));
  return place.settled(CellKind::kLimiter, std::move(made), replaces, *options,
                       [&] { return create(config, clock, place); });
}

Limiter::~Limiter() = default;

namespace {

// The bytes of the first of so many regions at most: each of the others has its least behind it.
uint64_t bytes_of_first(uint64_t bytes, uint64_t keys, size_t regions) {
  if (regions == 1) return bytes;
  return (bytes - (regions - 1) * LimitRegion<>::stride_for(keys, 0)) & ~uint64_t{63};
}

constexpr uint64_t kUnversioned = ~uint64_t{0} << ReservationSlots<>::kVersionBits;

auto tag_mask_of(const LimitPolicies::Any& policy) {
  return [&policy](uint64_t words) {
    return visit_variant(policy, [words](const auto& p) { return p.tag_mask(words); });
  };
}

}  // namespace

// Where the others' regions begin is told by how many words a cell the one before each has.
LimitPolicies::AnyCells Limiter::cells_of(const Policies& policies, const Settings& settings) {
  if (leased_) return Granted(leased_->object, leased_->grants, leased_->door);
  if (settings.plans) {
    char* const plans = memory_.data() + plans_at(settings.keys);
    return Plans(region_.cells(), plans, settings.plans->plan_keys);
  }
  if (policies.size() == 1) return LimitPolicies::over(policies[0], region_.cells());
  std::vector<LimitBands::Band> bands;
  char* at = memory_.data();
  uint64_t bytes = memory_.bytes();
  Region* before = &region_;
  for (size_t i = 0; i < policies.size(); ++i) {
    if (i > 0) {
      const uint64_t stride = Region::stride_for(settings.keys, before->words_a_cell());
      at += stride;
      bytes -= stride;
      more_.push_back(
          std::make_unique<Region>(at, bytes_of_first(bytes, settings.keys, policies.size() - i),
                                   settings.keys, settings.seed, tag_mask_of(policies[i])));
      before = more_.back().get();
    }
    bands.push_back({&before->table(),
                     LimitPolicies::over<LimitPolicies::OneCells>(policies[i], before->cells())});
  }
  return LimitBands(std::move(bands), settings.crowd);
}

Limiter::Limiter(const Settings& settings, const Policies& policies, ClockPtr clock,
                 CellMemory memory)
    : clock_(std::move(clock)),
      crowd_(settings.crowd),
      inheritance_(settings.inheritance),
      memory_(std::move(memory)),
      region_(memory_.data(), bytes_of_first(memory_.bytes(), settings.keys, policies.size()),
              settings.keys, settings.seed,
              [&](uint64_t words) {
                return settings.plans
                           ? ~Plans::Bucket::kPlanBits
                           : tag_mask_of(policies[0])(words) &
                                 (settings.reservations > 0 ? kUnversioned : ~uint64_t{0});
              }),
      leased_(settings.fleet ? std::make_unique<Leased>(settings.fleet, memory_.data(), settings)
                             : nullptr),
      may_wait_(leased_ && clock_->kind() != Clock::Kind::kManual),
      policy_(cells_of(policies, settings)),
      bands_(std::get_if<LimitBands>(&policy_)),
      keyless_(region_.table().hash({})),
      reservations_(settings.reservations == 0
                        ? nullptr
                        : std::make_unique<Reservations>(memory_.data() + settings.reservations_at,
                                                         settings.reservations, memory_.scope())),
      counts_(memory_),
      enforcement_(Epochs(memory_.data()).enforcement()),
      own_hot_(settings.notes_hottest && !memory_.shared() ? std::make_unique<OwnHotKeys>()
                                                           : nullptr) {
  if (char* shared = memory_.shared())
    hot_.emplace(shared + PlacedCounters<4>::kBytes);
  else if (own_hot_)
    hot_.emplace(own_hot_->memory);
  looks_at_denials_ = hot_ || !enforcement_.is_whole();
}

template <class F>
void Limiter::each_rate(F&& f) {
  for (size_t i = 0; bands_ && i < bands_->size(); ++i)
    visit_variant(bands_->cells(i), [&](auto& cells) { f(i, cells); });
  visit_variant(policy_, [&](auto& cells) {
    if constexpr (!std::is_same_v<decltype(&cells), LimitBands*>) f(0, cells);
  });
}

// A change of nothing is none, unless it resets.
Result<void> Limiter::reconfigure_at(const Config& config, int64_t now) {
  using Write = std::function<void()>;
  auto changed = memory_.change<kLimiterOptions>(
      config, [&](const auto& before, const auto& after) -> Result<Write> {
        const auto rule = after.template choice<TokensInheritance>("tokens_inheritance");
        auto policies = policies_of(after);
        if (!policies) return tl::unexpected(std::move(policies.error()));
        if (policies->size() != bands()) {
          return fail(Status::kBadValue,
                      "option 'rate' cannot become " + std::to_string(policies->size()) +
                          " rates while the limiter is in use: it is " + std::to_string(bands()),
                      "rate");
        }
        for (size_t i = 0; i < bands(); ++i) {
          const uint64_t words = (i == 0 ? region_ : *more_[i - 1]).words_a_cell();
          auto follows = visit_variant((*policies)[i],
                                       [&](const auto& p) { return p.can_follow(words, rule); });
          if (!follows) return tl::unexpected(std::move(follows.error()));
        }
        auto terms = terms_of(after, leased_ != nullptr);
        if (!terms) return tl::unexpected(std::move(terms.error()));
        const auto enforce = [this, percent = after.integer("enforce_percent")] {
          enforcement_.set(percent);
          looks_at_denials_ = hot_ || !enforcement_.is_whole();
        };
        if (leased_) {
          return Write([this, enforce, terms = **terms] {
            leased_->object.set_terms(terms);
            enforce();
          });
        }
        const auto differing = before.differences(after);
        const bool is_same_limit =
            std::all_of(differing.begin(), differing.end(),
                        [](const auto& one) { return one.option == "enforce_percent"; });
        if (rule != TokensInheritance::kReset && is_same_limit) return Write(enforce);
        auto plans = with_plans(after, *policies, false);
        if (!plans) return tl::unexpected(std::move(plans.error()));
        if (*plans && !this->plans()) {
          return fail(Status::kBadValue,
                      "option 'plans' is for a limiter that was made with plans or plan_keys",
                      "plans");
        }
        if (this->plans()) {
          auto change = change_plans(plans->value_or(PlanSetup{}), rule, now);
          if (!change) return change;
          return Write([change = std::move(*change), enforce] {
            change();
            enforce();
          });
        }
        std::vector<LimitWords> kept;
        for (const auto& policy : *policies)
          kept.push_back(visit_variant(policy, [](const auto& p) { return p.kept(); }));
        bool has_room = true;
        each_rate([&](size_t i, auto& cells) { has_room &= cells.has_room_for(kept[i], now); });
        if (!has_room) return no_room_to_change();
        return Write([this, kept, now, rule, enforce] {
          each_rate([&](size_t i, auto& cells) { cells.change(kept[i], now, rule); });
          enforce();
        });
      });
  own_changes_.fetch_add(1, std::memory_order_release);
  return changed;
}

tl::unexpected<Error> Limiter::no_room_to_change() {
  return fail(Status::kFull,
              "a limiter counts nine years and so many changes, and this one has had them: "
              "make it anew");
}

Result<Limiter::Terms> Limiter::terms() const {
  auto all = all_terms();
  if (!all) return tl::unexpected(std::move(all.error()));
  return (*all)->terms.front();
}

Result<std::vector<Limiter::Terms>> Limiter::terms_of_rates() const {
  auto all = all_terms();
  if (!all) return tl::unexpected(std::move(all.error()));
  return (*all)->terms;
}

Result<std::shared_ptr<const Limiter::TermsSeen>> Limiter::all_terms() const {
  const auto* changes = memory_.options_version();
  const uint64_t version = (changes ? *changes : own_changes_).load(std::memory_order_acquire);
  {
    ForkLock lock(telling_);
    if (seen_ && seen_->version == version) return seen_;
  }
  auto recalled = Options::recall(kLimiterOptions, memory_.options());
  if (!recalled) return tl::unexpected(std::move(recalled.error()));
  const auto options = OptionsOf<kLimiterOptions>::among(*recalled);
  auto plans = parse_plans(options.text("plans"));
  if (!plans) return tl::unexpected(std::move(plans.error()));
  std::vector<Terms> terms;
  for (const auto& [rate, burst] : options.rates("rate")) {
    const int64_t own = burst != 0 ? burst : options.integer("burst");
    terms.push_back({rate, own != 0 ? own : rate.count});
  }
  ForkLock lock(telling_);
  seen_ = std::make_shared<const TermsSeen>(TermsSeen{terms, std::move(*plans), version});
  return seen_;
}

}  // namespace og
