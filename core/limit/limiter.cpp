// SPDX-License-Identifier: Apache-2.0
#include "core/limit/limiter.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include "core/base/cell_table_faults.h"
#include "core/base/refusal.h"
#include "core/base/registry.h"
#include "core/base/size_text.h"
#include "core/base/typed_options.h"
#include "core/fleet/lease_door.h"
#include "core/limit/lease_terms.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRowsBefore[] = {
    {.name = "rate", .type = OptionType::kRate, .fallback = nullptr, .min = 1e-9,
     .max = TokenUnits::kMaxPerSecond, .unit = "events a second",
     .doc = "Events let through over time: 100/s, 1000/min, 5/250ms, 1000000/month.", .changes = true},
    {.name = "policy", .type = OptionType::kEnum, .fallback = LimitPolicies::kRows[0].word,
     .choices = RegisteredWords<LimitPolicies::kRows>::kText,
     .doc = "Refill evenly up to a burst, or count over the rate's period: exactly, in windows of the clock, by two counters, or in windows of a calendar."},
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
// options uses cells that have none.
constexpr CellSpec kCells{CellKind::kLimiter, {.version = 4, .usable_by = 2, .uses = 2}};
constexpr CellSpec kPlanCells{CellKind::kLimiter, {.version = 4, .usable_by = 4, .uses = 2}};

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
                                            const LimitPolicies::Any& policy, bool is_in_fleet) {
  auto plans = plan_setup(options, is_in_fleet);
  if (!plans || !*plans) return plans;
  if (options.word("policy") != TokenBucketPolicy::kWord) {
    const char* given = options.text("plans").empty() ? "plan_keys" : "plans";
    return fail(Status::kBadValue,
                std::string("option '") + given + "' is for token_bucket, not for " +
                    options.word("policy"),
                given);
  }
  if ((*plans)->plan_keys == 0)
    (*plans)->plan_keys = static_cast<uint64_t>(options.integer("keys"));
  (*plans)->terms[kDefaultPlan] = {PlanTerms::kRated,
                                   visit_variant(policy, [](const auto& p) { return p.kept(); })};
  return plans;
}

// A calendar goes by Unix time, which a program's manual clock is taken to tell.
Result<ClockPtr> clock_of(const LimitPolicies::Any& policy, const ClockPtr& given) {
  return visit_variant(policy, [&]<class P>(const P&) -> Result<ClockPtr> {
    if constexpr (!requires { P::kNeedsUnixTime; }) {
      return given ? given : system_clock();
    } else {
      if (!given) return wall_clock();
      if (given->kind() == Clock::Kind::kWall || given->kind() == Clock::Kind::kManual)
        return given;
      return fail(Status::kBadValue,
                  std::string("option 'policy' cannot be ") + P::kWord +
                      " with a clock that begins near the machine's boot: give it the wall clock, "
                      "or a manual one of Unix time",
                  "policy");
    }
  });
}

}  // namespace

Result<std::unique_ptr<Limiter>> Limiter::create(const Config& config, ClockPtr clock,
                                                 const Place& place) {
  auto options = OptionsOf<kLimiterOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  Settings settings{};
  std::optional<LimitPolicies::Any> policy;
  ClockPtr by;
  auto asked = plan_setup(*options, place.scope().fleet() != nullptr);
  if (!asked) return tl::unexpected(std::move(asked.error()));
  const CellSpec& cells = *asked ? kPlanCells : kCells;
  auto memory = place.take(cells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    auto made = LimitPolicies::create(agreed.chosen("policy"), {agreed.rate("rate"), agreed});
    if (!made) return tl::unexpected(std::move(made.error()));
    policy.emplace(std::move(*made));
    auto goes_by = clock_of(*policy, clock);
    if (!goes_by) return tl::unexpected(std::move(goes_by.error()));
    by = std::move(*goes_by);
    settings = {
        .keys = static_cast<uint64_t>(agreed.integer("keys")),
        .crowd = agreed.template choice<Crowd>("when_full"),
        .seed = place.seed(static_cast<uint64_t>(agreed.integer("seed"))),
        .notes_hottest = agreed.flag("hottest"),
        .fleet = place.scope().fleet(),
        .inheritance = agreed.template choice<TokensInheritance>("tokens_inheritance"),
        .plans = std::nullopt,
    };
    auto plans = with_plans(agreed, *policy, settings.fleet != nullptr);
    if (!plans) return tl::unexpected(std::move(plans.error()));
    settings.plans = std::move(*plans);
    auto terms = terms_of(agreed, settings.fleet != nullptr);
    if (!terms) return tl::unexpected(std::move(terms.error()));
    const uint64_t words = settings.fleet
                               ? GrantCells<>::kBytesBeside / 8
                               : visit_variant(*policy, [](const auto& p) { return p.words(); });
    const uint64_t bytes =
        settings.plans ? plans_at(settings.keys) + Plans::bytes_for(settings.plans->plan_keys)
                       : bytes_for(settings.keys, words);
    const int64_t most = agreed.bytes("max_memory");
    if (bytes > static_cast<uint64_t>(most) && !place.scope().is_read_only()) {
      return fail(Status::kBadValue,
                  "option 'keys' cannot be " + std::to_string(settings.keys) + ": they need " +
                      size_text(bytes) + " and max_memory is " +
                      size_text(static_cast<uint64_t>(most)),
                  "keys");
    }
    return Scope::Bytes{
        .own = bytes,
        .shared = PlacedCounters<4>::kBytes + HotKeys::kBytes,
        .begin = [words, terms = *terms, settings, percent = agreed.integer("enforce_percent"),
                  first = LimitPolicies::first(*policy)](char* own) {
          Epochs(own).begin(first, words);
          Epochs(own).enforcement().set(percent);
          if (const auto& own_plans = settings.plans)
            Plans::begin(own + plans_at(settings.keys), own_plans->specs, own_plans->terms);
          if (!terms) return;
          LeasedObject::before(own).begin(
              {settings.keys, settings.seed, Epochs::kBytes, bytes_for(settings.keys, 0)}, *terms);
        }};
  });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  std::unique_ptr<Limiter> made(new Limiter(settings, *policy, std::move(by), std::move(*memory)));
  return place.settled(CellKind::kLimiter, std::move(made), replaces, *options,
                       [&] { return create(config, clock, place); });
}

// The epochs, the table, the policy's words.
uint64_t Limiter::bytes_for(uint64_t keys, uint64_t words_a_cell) {
  return Epochs::kBytes + Table::bytes_for(keys) + Table::cells_for(keys) * words_a_cell * 8;
}
uint64_t Limiter::plans_at(uint64_t keys) { return (bytes_for(keys, 0) + 63) / 64 * 64; }
uint64_t Limiter::words_in(uint64_t bytes, uint64_t keys) {
  return (bytes - bytes_for(keys, 0)) / (Table::cells_for(keys) * 8);
}

struct Limiter::Leased {
  Leased(std::shared_ptr<Fleet> fleet, char* own, const Settings& settings)
      : object(LeasedObject::before(own)),
        grants(object.start(), own + Epochs::kBytes, own + bytes_for(settings.keys, 0),
               settings.keys, settings.seed),
        door(std::move(fleet), object, grants) {}

  LeasedObject object;
  GrantCells<> grants;
  LeaseDoor door;
};

Limiter::~Limiter() = default;

LimitPolicies::AnyCells Limiter::cells_of(const LimitPolicies::Any& policy, const CellsAt<>& at,
                                          Leased* leased, const Settings& settings, char* own) {
  if (leased) return Granted(leased->object, leased->grants, leased->door);
  if (settings.plans) return Plans(at, own + plans_at(settings.keys), settings.plans->plan_keys);
  return LimitPolicies::over(policy, at);
}

Limiter::Limiter(const Settings& settings, const LimitPolicies::Any& policy, ClockPtr clock,
                 CellMemory memory)
    : clock_(std::move(clock)),
      crowd_(settings.crowd),
      inheritance_(settings.inheritance),
      memory_(std::move(memory)),
      words_a_cell_(Epochs(memory_.data()).words_a_cell(words_in(memory_.bytes(), settings.keys))),
      table_(
          memory_.data() + Epochs::kBytes, settings.keys, settings.seed,
          settings.plans
              ? ~Plans::Bucket::kPlanBits
              : visit_variant(policy, [this](const auto& p) { return p.tag_mask(words_a_cell_); })),
      leased_(settings.fleet ? std::make_unique<Leased>(settings.fleet, memory_.data(), settings)
                             : nullptr),
      may_wait_(leased_ && clock_->kind() != Clock::Kind::kManual),
      policy_(
          cells_of(policy,
                   {table_, Epochs(memory_.data()),
                    reinterpret_cast<Memory::Word*>(memory_.data() + bytes_for(settings.keys, 0)),
                    words_a_cell_},
                   leased_.get(), settings, memory_.data())),
      keyless_(table_.hash({})),
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

// A change of nothing is none, unless it resets.
Result<void> Limiter::reconfigure_at(const Config& config, int64_t now) {
  using Write = std::function<void()>;
  auto changed = memory_.change<kLimiterOptions>(
      config, [&](const auto& before, const auto& after) -> Result<Write> {
        const auto rule = after.template choice<TokensInheritance>("tokens_inheritance");
        auto policy = LimitPolicies::create(after.chosen("policy"), {after.rate("rate"), after});
        if (!policy) return tl::unexpected(std::move(policy.error()));
        auto follows = visit_variant(
            *policy, [&](const auto& p) { return p.can_follow(words_a_cell_, rule); });
        if (!follows) return tl::unexpected(std::move(follows.error()));
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
        auto plans = with_plans(after, *policy, false);
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
        const LimitWords kept = visit_variant(*policy, [](const auto& p) { return p.kept(); });
        const bool has_room =
            visit_variant(policy_, [&](auto& cells) { return cells.has_room_for(kept, now); });
        if (!has_room) return no_room_to_change();
        return Write([this, kept, now, rule, enforce] {
          visit_variant(policy_, [&](auto& cells) { cells.change(kept, now, rule); });
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

// A denial as it is noted, and as the caller is told of it.
int64_t Limiter::denied(std::string_view key, uint64_t hash, int64_t cost, int64_t wait,
                        int64_t now, bool by_own_clock) noexcept {
  if (leased_ && wait == Granted::kAsk) [[unlikely]]
    wait = ask_fleet(key, hash, cost, now, by_own_clock);
  return wait > 0 ? enforced(key, hash, wait) : wait;
}

int64_t Limiter::decide(uint64_t hash, int64_t cost, int64_t now) noexcept {
  const Verdict verdict =
      visit_variant(policy_, [&](auto& policy) { return policy.acquire(hash, now, cost); });
  return count(verdict);
}

int64_t Limiter::ask_fleet(std::string_view key, uint64_t hash, int64_t cost, int64_t now,
                           bool by_own_clock) noexcept {
  int64_t wait = leased_->door.ask(key, hash, cost, now, by_own_clock && may_wait_);
  if (wait == LeaseDoor::kCrowded) {
    counts_.add(kCrowdedOut);
    wait = crowd_ == Crowd::kAllow ? 0 : leased_->door.again_after();
  }
  counts_.add(wait == 0 ? kAllowed : kDenied);
  return wait;
}

int64_t Limiter::peek_at(std::string_view key, int64_t cost, int64_t now) const noexcept {
  const uint64_t hash = prefetch(key);
  const Verdict verdict =
      visit_variant(policy_, [&](auto& policy) { return policy.peek(hash, now, cost); });
  return told(key, verdict);
}

// What acquire would answer.
int64_t Limiter::told(std::string_view key, const Verdict& verdict) const noexcept {
  if (verdict.wait <= 0) return verdict.wait;
  if (verdict.crowded_out && crowd_ == Crowd::kAllow) return 0;
  return enforcement_.would_hold(key) ? verdict.wait : 0;
}

int64_t Limiter::acquire_detailed_at(std::string_view key, int64_t cost, int64_t now,
                                     Standing& standing) noexcept {
  const uint64_t hash = prefetch(key);
  const int64_t wait = decide_and_note(key, hash, cost, now);
  if (wait < 0) return wait;
  standing =
      visit_variant(policy_, [&](auto& policy) { return policy.standing(hash, now, crowd_); });
  return wait;
}

int64_t Limiter::standing_at(std::string_view key, int64_t now, Standing& standing) const noexcept {
  const uint64_t hash = prefetch(key);
  const Verdict verdict =
      visit_variant(policy_, [&](auto& policy) { return policy.peek(hash, now, 1); });
  if (verdict.wait < 0) return verdict.wait;
  standing =
      visit_variant(policy_, [&](auto& policy) { return policy.standing(hash, now, crowd_); });
  return told(key, verdict);
}

Result<Limiter::Terms> Limiter::terms() const {
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
  const Rate rate = options.rate("rate");
  const int64_t burst = options.integer("burst");
  auto plans = parse_plans(options.text("plans"));
  if (!plans) return tl::unexpected(std::move(plans.error()));
  const Terms terms{rate, burst != 0 ? burst : rate.count};
  ForkLock lock(telling_);
  seen_ = std::make_shared<const TermsSeen>(TermsSeen{terms, std::move(*plans), version});
  return seen_;
}

int64_t Limiter::acquire_many(const Batch& batch) noexcept {
  return acquire_many_at(batch, clock_->now());
}

int64_t Limiter::acquire_many_at(const Batch& batch, int64_t now) noexcept {
  constexpr int64_t kAhead = 16;  // cells on their way from memory at a time
  std::array<uint64_t, kAhead> hashes;
  int64_t passed = 0;
  for (int64_t from = 0; from < batch.count; from += kAhead) {
    const int64_t size = std::min(kAhead, batch.count - from);
    for (int64_t i = 0; i < size; ++i) {
      const auto* data = static_cast<const char*>(batch.keys[from + i]);
      const int64_t len = batch.key_lens[from + i];
      if (len > 0 && data)
        hashes[static_cast<size_t>(i)] = prefetch({data, static_cast<size_t>(len)});
      else
        hashes[static_cast<size_t>(i)] = prefetch({});
    }
    for (int64_t i = 0; i < size; ++i) {
      const int64_t row = from + i;
      const bool valid = batch.key_lens[row] == 0 || (batch.key_lens[row] > 0 && batch.keys[row]);
      const int64_t cost = !valid ? -1 : batch.costs ? batch.costs[row] : 1;
      const std::string_view key(static_cast<const char*>(batch.keys[row]),
                                 valid ? static_cast<size_t>(batch.key_lens[row]) : 0);
      batch.waits[row] = decide_and_note(key, hashes[static_cast<size_t>(i)], cost, now);
      passed += batch.waits[row] == 0;
    }
  }
  return passed;
}

std::vector<HotKeys::Hot> Limiter::hottest() const {
  if (!hot_) return {};
  return hot_->hottest(
      [this](std::string_view key) { return key.empty() ? keyless_ : table_.hash(key); });
}

Result<std::string> Limiter::hottest_json() const {
  if (hot_) return HotKeys::json(hottest());
  return fail(Status::kUnsupported,
              "the limiter" + refusing(memory_.name()) +
                  " does not note who is denied: make it with option 'hottest'",
              "hottest");
}

std::string Limiter::refusal(int64_t wait_ns) const {
  const char* never =
      plans() ? "it never passes: its key is blocked, or it costs too much" : "it never passes";
  return "over the rate limit" + refusing(memory_.name()) + when_again(wait_ns, never);
}

int64_t Limiter::keys_in_use() const noexcept {
  return visit_variant(policy_, [&](auto& policy) { return policy.in_use(clock_->now()); });
}

std::vector<std::string> Limiter::faults() const { return CellTableFaults<Memory>::of(table_); }

void Limiter::collect(MetricSink& sink) const {
  MetricSink::Shared shared(sink, memory_.shared() != nullptr);
  constexpr const char* kName = "outgrow_limiter_decisions_total";
  constexpr const char* kHelp = "Requests by what the limiter answered.";
  sink.counter(kName, kHelp, {{"outcome", "allowed"}}, allowed());
  sink.counter(kName, kHelp, {{"outcome", "denied"}}, denied());
  sink.counter(kName, kHelp, {{"outcome", "spared"}}, spared());
  sink.counter("outgrow_limiter_crowded_out_total",
               "Requests decided by when_full, as their key found no cell.", {}, crowded_out());
  sink.counter("outgrow_limiter_evictions_total", "Idle keys whose cell went to another.", {},
               evictions());
  sink.gauge("outgrow_limiter_keys", "Keys that are not idle.", {},
             static_cast<double>(keys_in_use()));
  sink.gauge("outgrow_limiter_memory_bytes", "Memory of the table.", {},
             static_cast<double>(memory_bytes()));
  if (plans()) collect_plans(sink);
}

}  // namespace og
