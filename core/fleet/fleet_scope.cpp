// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet_scope.h"

#include <algorithm>
#include <utility>

#include "core/base/shown_text.h"
#include "core/base/typed_options.h"
#include "core/fleet/fleet_names.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "timeout_ms", .type = OptionType::kDuration, .fallback = "50ms", .min = 1,
     .max = 10000,
     .doc = "How long the server may take to answer before it counts as gone; so long waits, at "
            "most, a call of a key of which the machine knows nothing."},
    {.name = "machines", .type = OptionType::kInt, .fallback = "1", .min = 1, .max = 1000000,
     .unit = "machines",
     .doc = "How many there are taken to be before the server has told: a machine that starts "
            "without it has that share."},
};
// clang-format on

constexpr size_t kLongestName = 40;

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), is_letter);
}

const char* word_of(CellKind kind) {
  switch (kind) {
    case CellKind::kBreaker:
      return "breaker";
    case CellKind::kConcurrency:
      return "concurrency limiter";
    case CellKind::kEndpoints:
      return "endpoint set";
    case CellKind::kMetrics:
      return "metrics registry";
    case CellKind::kPickPolicy:
    case CellKind::kBalancer:
      return "balancer";
    default:
      return "noun";
  }
}

}  // namespace

constexpr OptionTable kFleetOptions{"fleet", kRows};

Result<std::shared_ptr<FleetScope>> FleetScope::create(std::shared_ptr<Scope> host,
                                                       std::string_view name, const Config& config,
                                                       ClockPtr clock) {
  auto options = OptionsOf<kFleetOptions>::resolve(config);
  if (!options) return tl::unexpected(std::move(options.error()));
  if (!is_name(name)) {
    return fail(Status::kInvalidArgument,
                "a fleet's name has 1 to " + std::to_string(kLongestName) +
                    " letters, digits, '-', '_' and '.', not '" + shown(name, 60) + "'",
                "name");
  }
  if (host->fleet()) {
    return fail(Status::kInvalidArgument,
                host->title() + ": a fleet lies over the scope of a host, not over another fleet",
                "host");
  }
  auto fleet = Fleet::open(host,
                           {.fleet = std::string(name),
                            .timeout_ns = options->duration_ns("timeout_ms"),
                            .machines = options->integer("machines")},
                           std::move(clock));
  if (!fleet) return tl::unexpected(std::move(fleet.error()));
  return std::shared_ptr<FleetScope>(new FleetScope(std::move(host), std::move(*fleet)));
}

FleetScope::FleetScope(std::shared_ptr<Scope> host, std::shared_ptr<Fleet> fleet)
    : host_(std::move(host)), fleet_(std::move(fleet)) {
  owner_.store(host_->owner(), std::memory_order_relaxed);
  join_forks();
}

FleetScope::~FleetScope() { leave_forks(); }

// The host's scope is older, so that it has the child's attachment by then.
void FleetScope::after_fork_in_child() noexcept {
  owner_.store(host_->owner(), std::memory_order_relaxed);
}

Status FleetScope::regain() const noexcept {
  const Status regained = host_->regain();
  owner_.store(host_->owner(), std::memory_order_relaxed);
  return regained;
}

std::string FleetScope::title() const { return "fleet '" + fleet_->name() + "'"; }

Result<const FleetKind*> FleetScope::kind_of(CellKind noun) const {
  if (const FleetKind* kind = fleet_kind_of(noun)) return kind;
  return fail(Status::kUnsupported,
              title() + ": no " + word_of(noun) + " lies in a fleet: make it in the host's scope");
}

Result<Scope::Cells> FleetScope::cells(const Wanted& wanted) {
  auto kind = kind_of(wanted.kind);
  if (!kind) return tl::unexpected(std::move(kind.error()));
  const uint64_t before = (*kind)->head_bytes;
  const std::string name = FleetNames::in_host(fleet_->name(), wanted.name);
  Bytes bytes = wanted.bytes;
  bytes.own += before;
  bytes.least += before;
  if (wanted.bytes.begin) {
    bytes.begin = [begin = wanted.bytes.begin, before](char* memory) { begin(memory + before); };
  }
  auto cells =
      host_->cells({(*kind)->in_host, name, wanted.options, std::move(bytes), (*kind)->layout});
  if (!cells) return cells;
  cells->own += before;
  cells->own_bytes -= before;
  cells->layout = wanted.layout.version;
  return cells;
}

Result<std::optional<std::string>> FleetScope::options_of(CellKind kind,
                                                          std::string_view name) const {
  auto there = kind_of(kind);
  if (!there) return tl::unexpected(std::move(there.error()));
  return host_->options_of((*there)->in_host, FleetNames::in_host(fleet_->name(), name));
}

bool FleetScope::is_left(CellKind kind, std::string_view name) const {
  const auto there = kind_of(kind);
  return there && host_->is_left((*there)->in_host, FleetNames::in_host(fleet_->name(), name));
}

Result<void> FleetScope::forget(CellKind kind, std::string_view name) {
  auto there = kind_of(kind);
  if (!there) return tl::unexpected(std::move(there.error()));
  return host_->forget((*there)->in_host, FleetNames::in_host(fleet_->name(), name));
}

int64_t FleetScope::stat(Stat which) const noexcept {
  return which == Stat::kDifferences ? static_cast<int64_t>(differences().size())
                                     : host_->stat(which);
}

void FleetScope::collect(MetricSink& sink) const {
  using R = FleetRecord;
  const FleetRecord& record = fleet_->record();
  MetricSink::Shared shared(sink);
  sink.gauge("outgrow_fleet_up", "Whether the fleet's server answers this machine.", {},
             record.figure(R::kState) == static_cast<int64_t>(FleetLink::State::kUp));
  sink.gauge("outgrow_fleet_machines", "Machines in the fleet, as this one last heard.", {},
             static_cast<double>(record.figure(R::kMachines)));
  sink.gauge("outgrow_fleet_round_trip_seconds", "A moving average.", {},
             static_cast<double>(record.figure(R::kRoundTrip)) / 1e9);
  constexpr const char* kCommands = "outgrow_fleet_commands_total";
  constexpr const char* kHelp = "Commands to the fleet's server, by how they ended.";
  const auto ended = [&](const char* how, R::Figure figure) {
    sink.counter(kCommands, kHelp, {{"outcome", how}}, record.figure(figure));
  };
  ended("answered", R::kAnswered);
  ended("refused", R::kRefused);
  ended("not_sent", R::kNotSent);
  ended("unknown", R::kUnknown);
  sink.counter("outgrow_fleet_outages_total", "Times that the server could not be asked any more.",
               {}, record.figure(R::kParted));
  sink.counter("outgrow_fleet_elections_total", "Times that a process became this machine's agent.",
               {}, record.figure(R::kElections));
  constexpr const char* kTokens = "outgrow_fleet_tokens_total";
  constexpr const char* kTokensHelp =
      "Tokens that this machine was granted: by the server, by the server but too late, or by "
      "itself while it could not ask.";
  sink.counter(kTokens, kTokensHelp, {{"grant", "server"}}, record.figure(R::kGranted));
  sink.counter(kTokens, kTokensHelp, {{"grant", "lost"}}, record.figure(R::kLost));
  sink.counter(kTokens, kTokensHelp, {{"grant", "outage"}}, record.figure(R::kGrantedApart));
}

}  // namespace og
