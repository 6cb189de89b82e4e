// SPDX-License-Identifier: Apache-2.0
#include "core/guard/breaker.h"

#include <algorithm>
#include <functional>

#include "core/base/registry.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/guard/breaker_voted.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kPolicyRow[] = {
    {.name = "policy", .type = OptionType::kEnum, .fallback = BreakerPolicies::kRows[0].word,
     .choices = RegisteredWords<BreakerPolicies::kRows>::kText,
     .doc = "When a closed breaker opens."},
};
constexpr OptionSpec kCommonRows[] = {
    {.name = "open_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 0,
     .max = 2592000000, .unit = "ms",
     .doc = "How long it refuses before it lets a call try.", .changes = true},
    {.name = "success_threshold", .type = OptionType::kInt, .fallback = "3", .min = 1, .max = 65535,
     .unit = "successes",
     .doc = "Successes, half-open, that close it.", .changes = true},
    {.name = "half_open_permits", .type = OptionType::kInt, .fallback = "1", .min = 1,
     .max = Breaker::kMaxPermits, .unit = "calls",
     .doc = "Calls out at a time while half-open.", .changes = true},
    {.name = "permit_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 1,
     .max = 86400000, .unit = "ms",
     .doc = "A half-open permit not returned within this time is taken back.", .changes = true},
    {.name = "quorum", .type = OptionType::kInt, .fallback = "30", .min = 1, .max = 100,
     .unit = "percent",
     .doc = "In a fleet: the part of the machines, and two at least, whose own breakers open all.",
     .changes = true},
    kOnMismatch,
};
// clang-format on

constexpr auto kRows = with_registered<BreakerPolicies::kRows>(kPolicyRow, kCommonRows);

constexpr int64_t kGenerationMask = BreakerWord::kGenerationMask;
constexpr int64_t kFirstGeneration = BreakerWord::kFirstGeneration;

// A permit: generation 40 bits, slot + 1 in 7, sequence 12.
constexpr int kPermitSlotBits = 7;

constexpr CellSpec kCells{CellKind::kBreaker};

}  // namespace

constexpr OptionTable kBreakerOptions{"breaker", kRows};

namespace {

// What the agent of a fleet is to have; nothing elsewhere.
Result<std::optional<FleetBreaker::Terms>> terms_of(const OptionsOf<kBreakerOptions>& options,
                                                    bool is_in_fleet) {
  FleetBreaker::Terms terms;
  const int64_t quorum = options.integer("quorum");
  if (!is_in_fleet && quorum != terms.quorum) {
    return fail(Status::kBadValue, "option 'quorum' is for a breaker in a fleet: make it in one",
                "quorum");
  }
  if (!is_in_fleet) return std::nullopt;
  terms.open_ns = options.duration_ns("open_ms");
  terms.success_threshold = options.integer("success_threshold");
  terms.permits = options.integer("half_open_permits");
  terms.permit_ns = options.duration_ns("permit_ms");
  terms.quorum = quorum;
  return terms;
}

}  // namespace

Result<std::unique_ptr<Breaker>> Breaker::create(const Config& config, ClockPtr clock,
                                                 const Place& place) {
  auto options = OptionsOf<kBreakerOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  BreakerPolicies::Any (*policy)(char*) = nullptr;
  auto fleet = place.scope().fleet();
  auto memory = place.take(kCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    policy = BreakerPolicies::kRows[agreed.chosen("policy")].over;
    auto terms = terms_of(agreed, fleet != nullptr);
    if (!terms) return tl::unexpected(std::move(terms.error()));
    return Scope::Bytes{.own = sizeof(Cell),
                        .shared = PlacedCounters<4>::kBytes,
                        .begin = [write = writer(agreed), terms = *terms](char* own) {
                          write(*reinterpret_cast<Cell*>(own));
                          if (terms) VotedObject<>::before(own).begin(*terms);
                        }};
  });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  std::unique_ptr<Breaker> made(new Breaker(policy, std::move(fleet), clock, std::move(*memory)));
  return place.settled(CellKind::kBreaker, std::move(made), replaces, *options,
                       [&] { return create(config, clock, place); });
}

Breaker::~Breaker() = default;

Breaker::Breaker(BreakerPolicies::Any (*policy)(char*), std::shared_ptr<Fleet> fleet,
                 ClockPtr clock, CellMemory memory)
    : clock_(std::move(clock)),
      memory_(std::move(memory)),
      cell_(reinterpret_cast<Cell*>(memory_.data())),
      settings_(cell_->settings),
      slots_(cell_->slots.data(), settings_.half_open_permits, cell_->sequence),
      policy_(policy(cell_->policy)),
      counts_(memory_),
      voted_(fleet ? new Voted{std::move(fleet), VotedObject<>::before(memory_.data())} : nullptr) {
  static_assert(sizeof(Cell) == 1152);  // pinned: part of a segment's layout
  uint64_t unmade = 0;
  cell_->word.compare_exchange_strong(unmade, pack({BreakerState::kClosed, 0, kFirstGeneration}));
}

std::function<void(Breaker::Cell&)> Breaker::writer(const Options& options) {
  struct Numbers {
    int64_t open_ns, success_threshold, half_open_permits, permit_ns;
  };
  const auto is = OptionsOf<kBreakerOptions>::among(options);
  const Numbers to{is.duration_ns("open_ms"), is.integer("success_threshold"),
                   is.integer("half_open_permits"), is.duration_ns("permit_ms")};
  return [to, write_policy = BreakerPolicies::kRows[is.chosen("policy")].writer(is)](Cell& cell) {
    auto write = [](std::atomic<int64_t>& setting, int64_t value) {
      setting.store(value, std::memory_order_relaxed);
    };
    Settings& settings = cell.settings;
    write(settings.open_ns, to.open_ns);
    write(settings.success_threshold, to.success_threshold);
    write(settings.most_permits, std::max(now_in(settings.most_permits), to.half_open_permits));
    write(settings.half_open_permits, to.half_open_permits);
    write(settings.permit_ns, to.permit_ns);
    write_policy(cell.policy);
  };
}

Result<void> Breaker::reconfigure(const Config& config) {
  using Write = std::function<void()>;
  return memory_.change<kBreakerOptions>(
      config, [&](const auto&, const auto& after) -> Result<Write> {
        auto terms = terms_of(after, voted_ != nullptr);
        if (!terms) return tl::unexpected(std::move(terms.error()));
        return Write([this, write = writer(after), terms = *terms] {
          write(*cell_);
          if (terms) voted_->object.set_terms(*terms);
        });
      });
}

int64_t Breaker::pack(Permit permit) noexcept {
  return (permit.generation << (kPermitSlotBits + Slots::kSequenceBits)) |
         (int64_t{permit.slot + 1} << Slots::kSequenceBits) | static_cast<int64_t>(permit.sequence);
}

Breaker::Permit Breaker::unpack_permit(int64_t bits) noexcept {
  return {bits >> (kPermitSlotBits + Slots::kSequenceBits),
          static_cast<int>((bits >> Slots::kSequenceBits) & ((1 << kPermitSlotBits) - 1)) - 1,
          static_cast<uint64_t>(bits) & Slots::kSequenceMask};
}

int64_t Breaker::enter() noexcept {
  Word word = unpack(cell_->word.load(std::memory_order_acquire));
  if (word.state == BreakerState::kClosed) [[likely]]
    return pack({word.generation, -1, 0});
  return enter_at(clock_->now());
}

int64_t Breaker::enter_at(int64_t now) noexcept {
  now = from_zero(now);
  for (;;) {
    uint64_t bits = cell_->word.load(std::memory_order_acquire);
    Word word = unpack(bits);
    switch (word.state) {
      case BreakerState::kClosed:
      case BreakerState::kForcedClosed:
        return pack({word.generation, -1, 0});
      case BreakerState::kOpen:
        if (now >= cell_->retry_at.load(std::memory_order_acquire)) {
          move(bits, BreakerState::kHalfOpen);
          continue;
        }
        break;
      case BreakerState::kHalfOpen:
        if (int64_t permit = enter_half_open(word.generation, now)) return permit;
        if (!is_current(word.generation)) continue;
        break;
      case BreakerState::kForcedOpen:
        break;
      case BreakerState::kFleetOpen:
      case BreakerState::kFleetHalfOpen:
        if (int64_t permit = enter_by_fleet(bits, now); permit > 0)
          return permit;
        else if (permit < 0)
          continue;
        counts_.add(kBreakerRefusals);
        refused_by_fleet(now);
        return static_cast<int64_t>(Status::kRefused);
    }
    counts_.add(kBreakerRefusals);
    return static_cast<int64_t>(Status::kRefused);
  }
}

// The permit of a process that has no attachment, and can have none, is taken back by its time
// alone.
uint64_t Breaker::own_attachment() const noexcept {
  const Scope& scope = memory_.scope();
  if (scope.owner() == 0) scope.regain();
  return scope.owner();
}

int64_t Breaker::enter_half_open(int64_t generation, int64_t now) noexcept {
  const auto taken = slots_.take(
      {generation, now, now_in(settings_.permit_ns), own_attachment()},
      [&] { return is_current(generation); }, [this](uint64_t by) { return is_alive(by); });
  return taken.slot < 0 ? 0 : pack({generation, taken.slot, taken.sequence});
}

bool Breaker::is_current(int64_t generation) const noexcept {
  return unpack(cell_->word.load(std::memory_order_seq_cst)).generation == generation;
}

bool Breaker::is_alive(uint64_t attachment) const noexcept {
  return attachment == 0 || memory_.scope().is_alive(attachment);
}

Status Breaker::exit(int64_t permit, bool success) noexcept {
  return exit_any(permit, success, nullptr);
}
Status Breaker::exit_at(int64_t permit, bool success, int64_t now) noexcept {
  now = from_zero(now);
  return exit_any(permit, success, &now);
}

// The clock is read only by those results that need the time; `now` is null when it was not given.
Status Breaker::exit_any(int64_t bits, bool success, const int64_t* now) noexcept {
  Permit permit = unpack_permit(bits);
  if (bits <= 0 || permit.slot >= kMaxPermits) return Status::kInvalidArgument;
  Status status = permit.slot < 0 ? exit_closed(permit.generation, success, now)
                                  : exit_half_open(permit, success, now ? *now : clock_->now());
  counts_.add(status != Status::kOk ? kBreakerLapses
              : success             ? kBreakerSuccesses
                                    : kBreakerFailures);
  return status;
}

Status Breaker::exit_closed(int64_t generation, bool success, const int64_t* now) noexcept {
  uint64_t bits = cell_->word.load(std::memory_order_acquire);
  for (;;) {
    Word word = unpack(bits);
    if (word.generation != generation) return Status::kLapsed;
    if (word.state != BreakerState::kClosed) return Status::kOk;  // forced closed
    const Judged judged = visit_variant(
        policy_, [&](const auto& policy) { return policy.judge(word.count, success); });
    if (judged.count == word.count && !judged.opens) return Status::kOk;
    uint64_t next = pack({word.state, judged.count, generation});
    if (judged.opens) next = opened(generation, now ? *now : clock_->now());
    if (!cell_->word.compare_exchange_weak(bits, next, std::memory_order_acq_rel)) continue;
    if (judged.opens) tell_agent();
    return Status::kOk;
  }
}

// word: of the permit's generation.
bool Breaker::return_slot(const Word& word, Permit permit, int64_t now) noexcept {
  if (is_of_fleet(word.state)) return return_probe(permit, now);
  return slots_.give_back(permit.generation, permit.slot, permit.sequence, now);
}

// What a probe of the fleet's tells its agent.
uint64_t Breaker::with_probe(Word word, bool success) noexcept {
  if (success)
    word.count = std::min(word.count + 1, Word::kMostCount);
  else
    word.has_failed = true;
  return pack(word);
}

Status Breaker::exit_half_open(Permit permit, bool success, int64_t now) noexcept {
  uint64_t bits = cell_->word.load(std::memory_order_acquire);
  if (unpack(bits).generation != permit.generation) {
    return_probe(permit, now);
    return Status::kLapsed;
  }
  if (!return_slot(unpack(bits), permit, now)) return Status::kLapsed;
  for (;;) {
    Word word = unpack(bits);
    if (word.generation != permit.generation) return Status::kLapsed;
    uint64_t next = pack({word.state, word.count + 1, word.generation});
    if (is_of_fleet(word.state)) {
      next = with_probe(word, success);
    } else if (!success) {
      next = opened(word.generation, now);
    } else if (word.count + 1 >= now_in(settings_.success_threshold)) {
      next = pack({BreakerState::kClosed, 0, word.generation + 1});
    }
    if (!cell_->word.compare_exchange_weak(bits, next, std::memory_order_acq_rel)) continue;
    tell_agent();
    return Status::kOk;
  }
}

Status Breaker::cancel(int64_t permit) noexcept { return cancel_any(permit, nullptr); }
Status Breaker::cancel_at(int64_t permit, int64_t now) noexcept {
  now = from_zero(now);
  return cancel_any(permit, &now);
}

Status Breaker::cancel_any(int64_t bits, const int64_t* now) noexcept {
  Permit permit = unpack_permit(bits);
  if (bits <= 0 || permit.slot >= kMaxPermits) return Status::kInvalidArgument;
  const Word word = unpack(cell_->word.load(std::memory_order_seq_cst));
  if (word.generation != permit.generation) {
    if (voted_) return_probe(permit, now ? *now : clock_->now());
    return Status::kLapsed;
  }
  if (permit.slot < 0) return Status::kOk;
  return return_slot(word, permit, now ? *now : clock_->now()) ? Status::kOk : Status::kLapsed;
}

bool Breaker::move(uint64_t from, BreakerState to) noexcept {
  Word word = unpack(from);
  return cell_->word.compare_exchange_strong(from, pack({to, 0, word.generation + 1}),
                                             std::memory_order_acq_rel);
}

// The word that opens the breaker, once the time until which it refuses is in place.
uint64_t Breaker::opened(int64_t generation, int64_t now) noexcept {
  const int64_t until = later(now, now_in(settings_.open_ns));
  int64_t seen = cell_->retry_at.load(std::memory_order_relaxed);
  while (seen < until &&
         !cell_->retry_at.compare_exchange_weak(seen, until, std::memory_order_acq_rel)) {
  }
  return pack({BreakerState::kOpen, 0, generation + 1});
}

// The time to wait for is forgotten first, or it might be that of whoever opens the breaker next. A
// call that gets in meanwhile, as if the time were up, is one that a closed breaker lets in as
// well; so not before it is forced open.
void Breaker::force(BreakerState to) noexcept {
  if (to != BreakerState::kForcedOpen) cell_->retry_at.store(0, std::memory_order_release);
  while (!move(cell_->word.load(std::memory_order_acquire), to)) {
  }
}

void Breaker::renew() noexcept {
  reset();
  counts_.reset();
  cell_->generations_before.store(
      unpack(cell_->word.load(std::memory_order_acquire)).generation - kFirstGeneration,
      std::memory_order_relaxed);
}

void Breaker::collect(MetricSink& sink) const {
  MetricSink::Shared shared(sink, memory_.shared() != nullptr);
  constexpr const char* kCalls = "outgrow_breaker_calls_total";
  constexpr const char* kHelp = "Calls by how they ended at the breaker.";
  sink.counter(kCalls, kHelp, {{"outcome", "success"}}, counts_.total(kBreakerSuccesses));
  sink.counter(kCalls, kHelp, {{"outcome", "failure"}}, counts_.total(kBreakerFailures));
  sink.counter(kCalls, kHelp, {{"outcome", "refused"}}, counts_.total(kBreakerRefusals));
  sink.counter(kCalls, kHelp, {{"outcome", "lapsed"}}, counts_.total(kBreakerLapses));
  sink.counter("outgrow_breaker_transitions_total", "State changes.", {}, transitions());
  sink.level("outgrow_breaker_state",
             "0 closed, 1 open, 2 half-open, 3 forced open, 4 forced closed.", {},
             static_cast<double>(static_cast<int32_t>(state())));
}

}  // namespace og
