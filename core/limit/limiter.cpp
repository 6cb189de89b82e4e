// SPDX-License-Identifier: Apache-2.0
#include "core/limit/limiter.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/cell_table_faults.h"
#include "core/base/registry.h"
#include "core/base/size_text.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRowsBefore[] = {
    {.name = "rate", .type = OptionType::kRate, .fallback = nullptr, .min = 1e-9,
     .max = TokenUnits::kMaxPerSecond, .unit = "events a second",
     .doc = "Events let through over time: 100/s, 1000/min, 5/250ms."},
    {.name = "policy", .type = OptionType::kEnum, .fallback = LimitPolicies::kRows[0].word,
     .choices = RegisteredWords<LimitPolicies::kRows>::kText,
     .doc = "Refill evenly up to a burst, or count exactly over the rate's period."},
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
    kOnMismatch,
};
// clang-format on

constexpr auto kRows = with_registered<LimitPolicies::kRows>(kRowsBefore, kRowsAfter);

constexpr CellSpec kCells{CellKind::kLimiter};

}  // namespace

constexpr OptionTable kLimiterOptions{"limiter", kRows};

Result<std::unique_ptr<Limiter>> Limiter::create(const Config& config, ClockPtr clock,
                                                 const Place& place) {
  auto options = OptionsOf<kLimiterOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  Settings settings{};
  std::optional<LimitPolicies::Any> policy;
  auto memory = place.take(kCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    auto made = LimitPolicies::create(agreed.chosen("policy"), {agreed.rate("rate"), agreed});
    if (!made) return tl::unexpected(std::move(made.error()));
    policy.emplace(std::move(*made));
    settings = {
        .keys = static_cast<uint64_t>(agreed.integer("keys")),
        .crowd = agreed.template choice<Crowd>("when_full"),
        .seed = place.seed(static_cast<uint64_t>(agreed.integer("seed"))),
        .bytes = 0,
    };
    const uint64_t words = ask_variant(*policy, [](const auto& p) { return p.words(); });
    settings.bytes = Table::bytes_for(settings.keys) + Table::cells_for(settings.keys) * words * 8;
    const int64_t most = agreed.bytes("max_memory");
    if (settings.bytes > static_cast<uint64_t>(most) && !place.scope().only_looks()) {
      return fail(Status::kBadValue,
                  "option 'keys' cannot be " + std::to_string(settings.keys) + ": they need " +
                      size_text(settings.bytes) + " and max_memory is " +
                      size_text(static_cast<uint64_t>(most)),
                  "keys");
    }
    return Scope::Bytes{.own = settings.bytes,
                        .shared = PlacedCounters<3>::kBytes + HotKeys::kBytes};
  });
  if (!memory) return tl::unexpected(memory.error());
  return std::unique_ptr<Limiter>(
      new Limiter(settings, *policy, std::move(clock), std::move(*memory)));
}

Limiter::Limiter(const Settings& settings, const LimitPolicies::Any& policy, ClockPtr clock,
                 CellMemory memory)
    : clock_(std::move(clock)),
      crowd_(settings.crowd),
      bytes_(settings.bytes),
      memory_(std::move(memory)),
      table_(memory_.data(), settings.keys, settings.seed,
             ask_variant(policy, [](const auto& p) { return p.tag_mask(); })),
      policy_(LimitPolicies::over(
          policy, table_,
          reinterpret_cast<Memory::Word*>(memory_.data() + Table::bytes_for(settings.keys)))),
      keyless_(table_.hash({})),
      counts_(memory_) {
  if (char* shared = memory_.shared()) hot_.emplace(shared + PlacedCounters<3>::kBytes);
}

// Time counts from the first decision, so that a manual clock may stand anywhere by then. The start
// lies in the table, for all who share it. Negative: out of range.
int64_t Limiter::since_start(int64_t now) const noexcept {
  const uint64_t start = table_.owner_word().load(std::memory_order_relaxed);
  const auto present = static_cast<uint64_t>(from_zero(now));
  if (start == 0 || present < start - 1) return 0;
  const uint64_t elapsed = present - (start - 1);
  return elapsed <= LimitPolicies::kMaxElapsed ? static_cast<int64_t>(elapsed) : -1;
}

// A wait as told at `now`: what was decided for a time before the first decision counts from that.
int64_t Limiter::from_start(int64_t wait, int64_t now) const noexcept {
  const uint64_t start = table_.owner_word().load(std::memory_order_relaxed);
  const auto present = static_cast<uint64_t>(from_zero(now));
  if (start == 0 || present >= start - 1) [[likely]]
    return wait;
  return later(wait, static_cast<int64_t>(std::min<uint64_t>(start - 1 - present, kEndOfTime)));
}

int64_t Limiter::start(int64_t now) noexcept {
  uint64_t unset = 0;
  if (table_.owner_word().load(std::memory_order_relaxed) == 0) [[unlikely]] {
    auto first = static_cast<uint64_t>(std::min(from_zero(now), kEndOfTime - 1)) + 1;
    table_.owner_word().compare_exchange_strong(unset, first, std::memory_order_relaxed);
  }
  return since_start(now);
}

int64_t Limiter::decide(uint64_t hash, int64_t cost, int64_t now) noexcept {
  const int64_t elapsed = start(now);
  if (elapsed < 0 || cost < 0) [[unlikely]]
    return static_cast<int64_t>(Status::kInvalidArgument);
  if (cost == 0) [[unlikely]]
    return 0;
  Verdict verdict = ask_variant(
      policy_, [&](auto& policy) { return policy.acquire(hash, policy.at(elapsed), cost); });
  if (verdict.crowded_out) [[unlikely]] {
    counts_.add(kCrowdedOut);
    if (crowd_ == Crowd::kAllow) verdict.wait = 0;
  }
  counts_.add(verdict.wait == 0 ? kAllowed : kDenied);
  return verdict.wait == 0 ? 0 : from_start(verdict.wait, now);
}

int64_t Limiter::peek_at(std::string_view key, int64_t cost, int64_t now) const noexcept {
  const int64_t elapsed = since_start(now);
  if (elapsed < 0 || cost < 0) return static_cast<int64_t>(Status::kInvalidArgument);
  if (cost == 0) return 0;
  const uint64_t hash = prefetch(key);
  const Verdict verdict = ask_variant(
      policy_, [&](auto& policy) { return policy.peek(hash, policy.at(elapsed), cost); });
  const bool passes = verdict.wait == 0 || (verdict.crowded_out && crowd_ == Crowd::kAllow);
  return passes ? 0 : from_start(verdict.wait, now);
}

int64_t Limiter::acquire_detailed_at(std::string_view key, int64_t cost, int64_t now,
                                     Standing& standing) noexcept {
  const uint64_t hash = prefetch(key);
  const int64_t wait = ask(key, hash, cost, now);
  if (wait < 0) return wait;
  const int64_t elapsed = since_start(now);
  standing = ask_variant(
      policy_, [&](auto& policy) { return policy.standing(hash, policy.at(elapsed), crowd_); });
  if (standing.reset_after > 0) standing.reset_after = from_start(standing.reset_after, now);
  return wait;
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
      batch.waits[row] = ask(key, hashes[static_cast<size_t>(i)], cost, now);
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

int64_t Limiter::keys_in_use() const noexcept {
  const int64_t elapsed = std::max<int64_t>(since_start(clock_->now()), 0);
  return ask_variant(
      policy_, [&](auto& policy) { return table_.in_use(policy.idle_line(policy.at(elapsed))); });
}

std::vector<std::string> Limiter::faults() const { return CellTableFaults<Memory>::of(table_); }

void Limiter::collect(MetricSink& sink) const {
  constexpr const char* kName = "outgrow_limiter_decisions_total";
  constexpr const char* kHelp = "Requests by what the limiter answered.";
  sink.counter(kName, kHelp, {{"outcome", "allowed"}}, allowed());
  sink.counter(kName, kHelp, {{"outcome", "denied"}}, denied());
  sink.counter("outgrow_limiter_crowded_out_total",
               "Requests decided by when_full, as their key found no cell.", {}, crowded_out());
  sink.counter("outgrow_limiter_evictions_total", "Idle keys whose cell went to another.", {},
               evictions());
  sink.gauge("outgrow_limiter_keys", "Keys that are not idle.", {},
             static_cast<double>(keys_in_use()));
  sink.gauge("outgrow_limiter_memory_bytes", "Memory of the table.", {},
             static_cast<double>(memory_bytes()));
}

}  // namespace og
