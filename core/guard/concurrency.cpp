// SPDX-License-Identifier: Apache-2.0
#include "core/guard/concurrency.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

#include "core/base/refusal.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"

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

// Whether the processes behind attachments live, asked of the kernel once each: for one sweep.
class Living {
 public:
  explicit Living(const Scope& scope) : scope_(scope) {}

  bool operator()(uint64_t attachment) noexcept {
    if (attachment == 0) return true;
    Known& known = known_[attachment % known_.size()];
    if (known.attachment != attachment) known = {attachment, scope_.is_alive(attachment)};
    return known.lives;
  }

 private:
  struct Known {
    uint64_t attachment;
    bool lives;
  };
  const Scope& scope_;
  std::array<Known, 64> known_{};
};

}  // namespace

constexpr OptionTable kConcurrencyOptions{"concurrency", kConcurrencyRows};

Result<std::unique_ptr<ConcurrencyLimiter>> ConcurrencyLimiter::create(const Config& config,
                                                                       ClockPtr clock,
                                                                       const Place& place) {
  auto options = OptionsOf<kConcurrencyOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  auto memory =
      place.take(kConcurrencyCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
        const auto limit = static_cast<uint32_t>(agreed.integer("limit"));
        const int64_t permit_ns = agreed.duration_ns("permit_ms");
        const uint32_t room = room_for(limit);
        return Scope::Bytes{.own = PermitTable<>::bytes_for(room),
                            .shared = PlacedCounters<kCounts>::kBytes,
                            .least = PermitTable<>::bytes_for(limit),
                            .begin = [=](char* own) {
                              PermitTable<> table(own, room);
                              table.keep_room();
                              table.resize(limit);
                              table.owner_word().store(permit_ns, std::memory_order_relaxed);
                            }};
      });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  std::unique_ptr<ConcurrencyLimiter> made(new ConcurrencyLimiter(clock, std::move(*memory)));
  if (place.scope().is_copied_by_fork()) made->join_forks();
  return place.settled(CellKind::kConcurrency, std::move(made), replaces, *options,
                       [&] { return create(config, clock, place); });
}

ConcurrencyLimiter::ConcurrencyLimiter(ClockPtr clock, CellMemory memory)
    : clock_(std::move(clock)),
      memory_(std::move(memory)),
      table_(memory_.data(), PermitTable<>::room_of(memory_.data(), memory_.bytes())),
      counts_(memory_) {}

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
        return Write([this, limit, permit_ns] {
          table_.owner_word().store(permit_ns, std::memory_order_relaxed);
          table_.resize(limit);
        });
      });
}

ConcurrencyLimiter::~ConcurrencyLimiter() { leave_forks(); }

int64_t ConcurrencyLimiter::enter() noexcept {
  const int64_t permit_ns = this->permit_ns();
  const int64_t now = permit_ns > 0 ? clock_->now() : 0;
  const int64_t permit = take(now, permit_ns);
  return permit ? permit : refuse_or_sweep(permit_ns > 0 ? now : clock_->now(), permit_ns);
}

int64_t ConcurrencyLimiter::enter_at(int64_t now) noexcept {
  now = from_zero(now);
  const int64_t permit_ns = this->permit_ns();
  const int64_t permit = take(now, permit_ns);
  return permit ? permit : refuse_or_sweep(now, permit_ns);
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
  const int64_t time = permit_ns > 0 ? now : 0;
  const uint64_t deadline =
      permit_ns > 0 ? PermitSlot<>::deadline_ms(time, permit_ns) : PermitSlot<>::kLastDeadline;
  const uint32_t size = table_.size();
  const auto taken = table_.take({start(owner, size), owner, time, deadline, size});
  if (!taken.permit) return 0;
  counts_.add(kAdmitted);
  if (taken.was_expired) counts_.add(kExpired);
  return taken.permit;
}

int64_t ConcurrencyLimiter::refuse_or_sweep(int64_t now, int64_t permit_ns) noexcept {
  const int64_t wait = permit_ns > 0 ? std::min(permit_ns, kSweepEvery) : kSweepEvery;
  if (table_.is_sweep_due(now, later(now, wait))) {
    sweep(now);
    if (const int64_t permit = take(now, permit_ns)) return permit;
  }
  counts_.add(kRefused);
  return static_cast<int64_t>(Status::kFull);
}

// Threads, and processes, begin on lines of their own as far as there are any.
uint32_t ConcurrencyLimiter::start(uint64_t owner, uint32_t size) noexcept {
  constexpr uint32_t kGolden = 0x9e3779b9, kSlotsOfLine = 4;
  const auto who = static_cast<uint32_t>(thread_stripe()) + 17 * static_cast<uint32_t>(owner);
  const uint64_t slot = uint64_t{who * kGolden} * size >> 32;
  return static_cast<uint32_t>(slot) & ~(kSlotsOfLine - 1);
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

int64_t ConcurrencyLimiter::stat(Count which) const noexcept {
  if (which == kExpired || which == kOrphaned) sweep(clock_->now());
  return counts_.total(which);
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
  return "as many calls are in flight as may be" + (name.empty() ? name : " in" + name);
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
  sink.counter(kLost, kLostHelp, {{"reason", "expired"}}, counts_.total(kExpired));
  sink.counter(kLost, kLostHelp, {{"reason", "orphaned"}}, counts_.total(kOrphaned));
  sink.gauge("outgrow_concurrency_in_flight", "Calls in flight.", {}, in_flight);
  sink.level("outgrow_concurrency_limit", "Calls in flight at most.", {},
             static_cast<double>(limit()));
}

}  // namespace og
