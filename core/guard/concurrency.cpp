// SPDX-License-Identifier: Apache-2.0
#include "core/guard/concurrency.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "core/base/refusal.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/guard/concurrency_leased.h"
#include "core/guard/slot_terms.h"
#include "core/scope/living.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kConcurrencyRows[] = {
    {.name = "limit", .type = OptionType::kInt, .fallback = nullptr, .min = 1,
     .max = PermitTable<>::kMostSlots, .unit = "calls",
     .doc = "Calls in flight at a time.", .changes = true},
    {.name = "permit_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 0,
     .max = 86400000, .unit = "ms",
     .doc = "A permit not returned within this time is taken back. 0: no time limit.",
     .changes = true},
    kSlotRows[0],
    kSlotRows[1],
    kOnMismatch,
};
// clang-format on

// 1 did not tell how many slots there is room for, and had nothing behind them.
constexpr CellSpec kConcurrencyCells{CellKind::kConcurrency,
                                     {.version = 2, .usable_by = 1, .uses = 1}};

// Slots for a limit, and for the greater ones that it may be changed to.
uint32_t room_for(int64_t limit) {
  constexpr uint64_t kLeast = 1024, kTimes = 8;
  return static_cast<uint32_t>(std::clamp<uint64_t>(
      std::bit_ceil(kTimes * static_cast<uint64_t>(limit)), kLeast, PermitTable<>::kMostSlots));
}

}  // namespace

constexpr OptionTable kConcurrencyOptions{"concurrency", kConcurrencyRows};

Result<std::unique_ptr<ConcurrencyLimiter>> ConcurrencyLimiter::create(const Config& config,
                                                                       ClockPtr clock,
                                                                       const Place& place) {
  auto options = OptionsOf<kConcurrencyOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  const std::shared_ptr<Fleet> fleet = place.scope().fleet();
  auto memory =
      place.take(kConcurrencyCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
        const auto limit = static_cast<uint32_t>(agreed.integer("limit"));
        const int64_t permit_ns = agreed.duration_ns("permit_ms");
        const uint32_t room = room_for(limit);
        const auto terms = slot_terms(limit, agreed);
        if (auto usual = fleet ? Result<void>() : check_without_fleet(agreed); !usual)
          return tl::unexpected(std::move(usual.error()));
        return Scope::Bytes{.own = PermitTable<>::bytes_for(room),
                            .shared = PlacedCounters<kCounts>::kBytes,
                            .least = PermitTable<>::bytes_for(limit),
                            .begin = [=](char* own) {
                              PermitTable<> table(own, room);
                              table.keep_room();
                              if (fleet)
                                LeasedSlots::before(own).begin(terms);
                              else
                                table.resize(limit);
                              table.owner_word().store(permit_ns, std::memory_order_relaxed);
                            }};
      });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  std::unique_ptr<ConcurrencyLimiter> made(
      new ConcurrencyLimiter(clock, std::move(*memory), fleet));
  if (place.scope().is_copied_by_fork()) made->join_forks();
  return place.settled(CellKind::kConcurrency, std::move(made), replaces, *options,
                       [&] { return create(config, clock, place); });
}

ConcurrencyLimiter::ConcurrencyLimiter(ClockPtr clock, CellMemory memory,
                                       const std::shared_ptr<Fleet>& fleet)
    : clock_(std::move(clock)),
      memory_(std::move(memory)),
      table_(memory_.data(), PermitTable<>::room_of(memory_.data(), memory_.bytes())),
      counts_(memory_),
      leased_(fleet ? std::make_unique<Leased>(fleet, memory_.data(), table_) : nullptr) {
  if (fleet && !memory_.scope().is_read_only()) fleet->asked(leased_->object.agent() != 0);
}

Result<void> ConcurrencyLimiter::reconfigure(const Config& config) {
  using Write = std::function<void()>;
  return memory_.change<kConcurrencyOptions>(
      config, [&](const auto&, const auto& after) -> Result<Write> {
        const auto limit = static_cast<uint32_t>(after.integer("limit"));
        const int64_t permit_ns = after.duration_ns("permit_ms");
        if (const uint32_t room = table_.room(); limit > room) {
          return fail(Status::kBadValue,
                      "option 'limit' cannot become " + std::to_string(limit) +
                          " while the concurrency is in use: it was made with room for " +
                          std::to_string(room),
                      "limit");
        }
        if (auto usual = leased_ ? Result<void>() : check_without_fleet(after); !usual)
          return tl::unexpected(std::move(usual.error()));
        return Write([this, limit, permit_ns, terms = slot_terms(limit, after)] {
          table_.owner_word().store(permit_ns, std::memory_order_relaxed);
          if (leased_)
            leased_->object.set_terms(terms);
          else
            table_.resize(limit);
        });
      });
}

ConcurrencyLimiter::~ConcurrencyLimiter() { leave_forks(); }

int64_t ConcurrencyLimiter::enter() noexcept {
  const int64_t permit_ns = this->permit_ns();
  const int64_t now = permit_ns > 0 ? clock_->now() : 0;
  const int64_t permit = take(now, permit_ns);
  return permit ? permit : refuse_or_sweep(permit_ns > 0 ? now : clock_->now(), permit_ns, true);
}

int64_t ConcurrencyLimiter::enter_at(int64_t now) noexcept {
  now = from_zero(now);
  const int64_t permit_ns = this->permit_ns();
  const int64_t permit = take(now, permit_ns);
  return permit ? permit : refuse_or_sweep(now, permit_ns, false);
}

// A permit's holder must be known by who reclaims. A forked child which could not attach itself is
// not: it tries again.
Status ConcurrencyLimiter::attach() noexcept {
  const Status attached = memory_.scope().regain();
  if (attached != Status::kOk) counts_.add(kUnattached);
  return attached;
}

// 0 when there is no room; an error as its number.
int64_t ConcurrencyLimiter::take(int64_t now, int64_t permit_ns) noexcept {
  uint64_t owner = this->owner();
  if (owner == 0) [[unlikely]] {
    if (const Status why = attach(); why != Status::kOk) return static_cast<int64_t>(why);
    owner = this->owner();
  }
  return given(table_.take(claimant(owner, table_.size(), now, permit_ns)));
}

int64_t ConcurrencyLimiter::refuse_or_sweep(int64_t now, int64_t permit_ns,
                                            bool by_own_clock) noexcept {
  if (leased_) [[unlikely]]
    return enter_in_fleet(now, permit_ns, by_own_clock);
  if (sweep_where_due(now, permit_ns)) {
    if (const int64_t permit = take(now, permit_ns)) return permit;
  }
  return refuse();
}

bool ConcurrencyLimiter::sweep_where_due(int64_t now, int64_t permit_ns) noexcept {
  const int64_t wait = permit_ns > 0 ? std::min(permit_ns, kSweepEvery) : kSweepEvery;
  const bool is_due = table_.is_sweep_due(now, later(now, wait));
  if (is_due) sweep(now);
  return is_due;
}

int64_t ConcurrencyLimiter::refuse() noexcept {
  counts_.add(kRefused);
  return static_cast<int64_t>(Status::kFull);
}

Status ConcurrencyLimiter::exit(int64_t permit) noexcept {
  return give_back(permit, is_timed() ? clock_->now() : 0);
}

Status ConcurrencyLimiter::exit_at(int64_t permit, int64_t now) noexcept {
  return give_back(permit, permit_time(from_zero(now)));
}

Status ConcurrencyLimiter::give_back(int64_t permit, int64_t time) noexcept {
  using Return = PermitTable<>::Return;
  switch (table_.give_back(permit, owner(), time)) {
    case Return::kOk:
      return Status::kOk;
    case Return::kInvalid:
      return Status::kInvalidArgument;
    case Return::kExpired:
      counts_.add(kExpired);
      break;
    case Return::kLapsed:
      break;
  }
  counts_.add(kLapsed);
  return Status::kLapsed;
}

int64_t ConcurrencyLimiter::in_flight_at(int64_t now) const noexcept {
  return sweep(from_zero(now));
}

int64_t ConcurrencyLimiter::limit() const noexcept {
  return leased_ ? leased_->object.limit() : table_.size();
}

int64_t ConcurrencyLimiter::stat(Count which) const noexcept {
  if (which == kExpired || which == kOrphaned) sweep(clock_->now());
  return total(which);
}

// With what a fleet's agent took back.
int64_t ConcurrencyLimiter::total(Count which) const noexcept {
  int64_t by_agent = 0;
  if (leased_ && which == kExpired) by_agent = leased_->object.expired();
  if (leased_ && which == kOrphaned) by_agent = leased_->object.orphaned();
  return counts_.total(which) + by_agent;
}

int64_t ConcurrencyLimiter::sweep(int64_t now) const noexcept {
  const auto swept = table_.sweep(permit_time(now), Living(memory_.scope()));
  counts_.add(kExpired, swept.expired);
  counts_.add(kOrphaned, swept.orphaned);
  return swept.held;
}

void ConcurrencyLimiter::after_fork_in_child() noexcept {
  table_.sweep(0, [](uint64_t) { return false; });
}

std::vector<std::string> ConcurrencyLimiter::faults() const {
  return table_.faults(memory_.scope().attachment_limit());
}

std::string ConcurrencyLimiter::refusal() const {
  const std::string name = refusing(memory_.name());
  const std::string in = name.empty() ? name : " in" + name;
  return "as many calls are in flight as may be" + in +
         (leased_ ? " of fleet '" + leased_->door.fleet_name() + "'" : "");
}

void ConcurrencyLimiter::collect(MetricSink& sink) const {
  MetricSink::Shared shared(sink, memory_.shared() != nullptr);
  constexpr const char* kCalls = "outgrow_concurrency_calls_total";
  constexpr const char* kHelp = "Calls by how the concurrency limiter answered.";
  constexpr const char* kLost = "outgrow_concurrency_permits_lost_total";
  constexpr const char* kLostHelp =
      "Permits taken back: past their time, or of a process that is gone.";
  const auto in_flight = static_cast<double>(this->in_flight());
  sink.counter(kCalls, kHelp, {{"outcome", "admitted"}}, counts_.total(kAdmitted));
  sink.counter(kCalls, kHelp, {{"outcome", "refused"}}, counts_.total(kRefused));
  sink.counter(kCalls, kHelp, {{"outcome", "lapsed"}}, counts_.total(kLapsed));
  sink.counter(kCalls, kHelp, {{"outcome", "unattached"}}, counts_.total(kUnattached));
  sink.counter(kLost, kLostHelp, {{"reason", "expired"}}, total(kExpired));
  sink.counter(kLost, kLostHelp, {{"reason", "orphaned"}}, total(kOrphaned));
  sink.gauge("outgrow_concurrency_in_flight", "Calls in flight.", {}, in_flight);
  sink.level("outgrow_concurrency_limit", "Calls in flight at most.", {},
             static_cast<double>(limit()));
  if (!leased_) return;
  sink.gauge("outgrow_concurrency_slots",
             "Calls that the machine may have in flight of its fleet's.", {},
             static_cast<double>(leased_->permits.allowed_at(clock_->now())));
}

}  // namespace og
