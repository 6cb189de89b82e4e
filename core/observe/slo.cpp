// SPDX-License-Identifier: Apache-2.0
#include "core/observe/slo.h"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "core/base/time.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kSloRows[] = {
    {.name = "objective", .type = OptionType::kDouble, .fallback = "0.999", .min = 0.5,
     .max = 0.999999,
     .doc = "The share of events that is to be good.", .changes = true},
    {.name = "latency_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0,
     .max = 86400000, .unit = "ms",
     .doc = "A call that took longer is bad, also where it succeeded. 0: no such limit.",
     .changes = true},
    {.name = "min_bad_events", .type = OptionType::kInt, .fallback = "10", .min = 0,
     .max = 1000000000, .unit = "events",
     .doc = "Below so many bad events in its long window an alert is silent.", .changes = true},
    {.name = "budget_ms", .type = OptionType::kDuration, .fallback = "259200000", .min = 300000,
     .max = 259200000, .unit = "ms",
     .doc = "The time of which budget_left tells: at most the three days that are kept.",
     .changes = true},
    kOnMismatch,
};
// clang-format on

constexpr CellSpec kSloCells{CellKind::kSlo};

double plain(uint64_t bits) noexcept { return std::bit_cast<double>(bits); }

}  // namespace

constexpr OptionTable kSloOptions{"slo", kSloRows};

Result<std::unique_ptr<Slo>> Slo::create(const Config& config, ClockPtr clock, const Place& place) {
  auto options = OptionsOf<kSloOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  auto memory = place.take(kSloCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    return Scope::Bytes{
        .own = sizeof(Cell),
        .shared = PlacedCounters<kCounts>::kBytes,
        .begin = [write = writer(agreed)](char* own) { write(*reinterpret_cast<Cell*>(own)); }};
  });
  if (!memory) return tl::unexpected(memory.error());
  const Replaces replaces = memory->replaces();
  std::unique_ptr<Slo> made(new Slo(clock, std::move(*memory)));
  return place.settled(CellKind::kSlo, std::move(made), replaces, *options,
                       [&] { return create(config, clock, place); });
}

Slo::Slo(ClockPtr clock, CellMemory memory)
    : clock_(std::move(clock)),
      memory_(std::move(memory)),
      cell_(*reinterpret_cast<Cell*>(memory_.data())),
      windows_(cell_.windows),
      counts_(memory_) {
  static_assert(sizeof(Cell) == 13952 && offsetof(Cell, windows) == 64);
}

std::function<void(Slo::Cell&)> Slo::writer(const Options& options) {
  const auto is = OptionsOf<kSloOptions>::among(options);
  return [objective = is.number("objective"), latency_ns = is.duration_ns("latency_ms"),
          min_bad_events = is.integer("min_bad_events"),
          budget_ns = is.duration_ns("budget_ms")](Cell& cell) {
    cell.objective.store(std::bit_cast<uint64_t>(objective), std::memory_order_relaxed);
    cell.latency_ns.store(latency_ns, std::memory_order_relaxed);
    cell.min_bad_events.store(min_bad_events, std::memory_order_relaxed);
    cell.budget_ns.store(budget_ns, std::memory_order_relaxed);
  };
}

Result<void> Slo::reconfigure(const Config& config) {
  using Write = std::function<void()>;
  return memory_.change<kSloOptions>(config, [&](const auto&, const auto& after) -> Result<Write> {
    return Write([this, write = writer(after)] { write(cell_); });
  });
}

Status Slo::add(bool is_bad, int64_t count, int64_t now) noexcept {
  if (count < 0 || count > kMostAtOnce) return Status::kInvalidArgument;
  if (count == 0) return Status::kOk;
  counts_.add(is_bad ? kBad : kGood, count);
  if (!windows_.add(is_bad, static_cast<uint64_t>(count), from_zero(now)))
    counts_.add(kLate, count);
  return Status::kOk;
}

Status Slo::record_at(bool success, int64_t latency_ns, int64_t now) noexcept {
  if (latency_ns < 0) return Status::kInvalidArgument;
  const int64_t most = cell_.latency_ns.load(std::memory_order_relaxed);
  return add(!success || (most > 0 && latency_ns > most), 1, now);
}

double Slo::objective() const noexcept {
  return plain(cell_.objective.load(std::memory_order_relaxed));
}

double Slo::burn_of(const SloWindows::Events& events) const noexcept {
  return events.share() / (1 - objective());
}

double Slo::burn_at(int64_t window, int64_t now) const noexcept {
  if (window < SloWindows::kBucketNs || window > SloWindows::kLongestNs)
    return static_cast<double>(Status::kInvalidArgument);
  const auto events = windows_.in(window, from_zero(now));
  return events.empty() ? static_cast<double>(Status::kNone) : burn_of(events);
}

int64_t Slo::budget_ns() const noexcept {
  return std::clamp(cell_.budget_ns.load(std::memory_order_relaxed), SloWindows::kBucketNs,
                    SloWindows::kLongestNs);
}

double Slo::budget_left_at(int64_t now) const noexcept {
  const auto events = windows_.in(budget_ns(), from_zero(now));
  return events.empty() ? 1 : std::max(0.0, 1 - burn_of(events));
}

Slo::Fired Slo::fired(int64_t now) const noexcept {
  const auto least = static_cast<double>(cell_.min_bad_events.load(std::memory_order_relaxed));
  for (const SloAlert& alert : kSloAlerts) {
    const auto brief = windows_.in(alert.short_ns, now);
    if (brief.empty() || !(burn_of(brief) > alert.burn)) continue;
    const auto whole = windows_.in(alert.long_ns, now);
    if (whole.bad >= least && burn_of(whole) > alert.burn)
      return {&alert, burn_of(whole), burn_of(brief)};
  }
  return {};
}

SloState Slo::state_at(int64_t now) const noexcept {
  const Fired fired = this->fired(from_zero(now));
  return fired.alert ? fired.alert->state : SloState::kOk;
}

std::string Slo::reason_at(int64_t now) const {
  const Fired fired = this->fired(from_zero(now));
  if (!fired.alert) return "ok";
  char text[160];
  std::snprintf(text, sizeof text, "%s: burns %.1f times over %s and %.1f times over %s, above %g",
                fired.alert->state == SloState::kPage ? "page" : "ticket", fired.long_burn,
                fired.alert->long_name, fired.short_burn, fired.alert->short_name,
                fired.alert->burn);
  return text;
}

std::vector<std::string> Slo::faults() const {
  std::vector<std::string> found = windows_.faults();
  if (const double is = objective(); !(is >= 0.5 && is < 1))
    found.push_back("has an objective that is no share");
  if (cell_.min_bad_events.load(std::memory_order_relaxed) < 0)
    found.push_back("wants a negative number of bad events");
  return found;
}

void Slo::collect(MetricSink& sink) const {
  MetricSink::Shared shared(sink, memory_.shared() != nullptr);
  const int64_t now = from_zero(clock_->now());
  constexpr const char* kEvents = "outgrow_slo_events_total";
  constexpr const char* kEventsHelp = "Events by whether they were good.";
  constexpr const char* kBurn = "outgrow_slo_burn_rate";
  constexpr const char* kBurnHelp =
      "How many times as fast as the objective allows its budget is spent.";
  sink.counter(kEvents, kEventsHelp, {{"outcome", "good"}}, counts_.total(kGood));
  sink.counter(kEvents, kEventsHelp, {{"outcome", "bad"}}, counts_.total(kBad));
  for (const SloAlert& alert : kSloAlerts) {
    for (const auto& [window, name] :
         {std::pair(alert.long_ns, alert.long_name), std::pair(alert.short_ns, alert.short_name)}) {
      // The six hours of the last have been told.
      if (&alert == kSloAlerts + 3 && window == alert.short_ns) continue;
      sink.level(kBurn, kBurnHelp, {{"window", name}}, std::max(0.0, burn_at(window, now)));
    }
  }
  sink.level("outgrow_slo_budget_left", "Share of the budget that is left.", {},
             budget_left_at(now));
  sink.level("outgrow_slo_objective", "Share of events that is to be good.", {}, objective());
  sink.level("outgrow_slo_state", "0 ok, 1 ticket, 2 page.", {},
             static_cast<double>(static_cast<int32_t>(state_at(now))));
}

}  // namespace og
