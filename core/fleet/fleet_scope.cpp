// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet_scope.h"

#include <utility>

#include "core/base/typed_options.h"
#include "core/fleet/fleet_figures.h"
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

const char* word_of(CellKind kind) {
  switch (kind) {
    case CellKind::kConcurrency:
      return "concurrency limiter";
    case CellKind::kMetrics:
      return "metrics registry";
    default:
      return "noun";
  }
}

// How its servers are picked is each machine's own, and lies in the host's scope under the fleet's
// name.
bool is_of_machine(CellKind kind) {
  return kind == CellKind::kPickPolicy || kind == CellKind::kBalancer;
}

}  // namespace

constexpr OptionTable kFleetOptions{"fleet", kRows};

Result<std::shared_ptr<FleetScope>> FleetScope::create(std::shared_ptr<Scope> host,
                                                       std::string_view name, const Config& config,
                                                       ClockPtr clock) {
  auto options = OptionsOf<kFleetOptions>::resolve(config);
  if (!options) return tl::unexpected(std::move(options.error()));
  if (!FleetNames::is_fleet(name)) return FleetNames::refuse_fleet(name);
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

Result<CellKind> FleetScope::in_host(CellKind noun) const {
  if (is_of_machine(noun)) return noun;
  auto kind = kind_of(noun);
  if (!kind) return tl::unexpected(std::move(kind.error()));
  return (*kind)->in_host;
}

Result<Scope::Cells> FleetScope::cells(const Wanted& wanted) {
  const std::string name = FleetNames::in_host(fleet_->name(), wanted.name);
  if (is_of_machine(wanted.kind))
    return host_->cells({wanted.kind, name, wanted.options, wanted.bytes, wanted.layout});
  auto kind = kind_of(wanted.kind);
  if (!kind) return tl::unexpected(std::move(kind.error()));
  const uint64_t before = (*kind)->head_bytes;
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
  auto there = in_host(kind);
  if (!there) return tl::unexpected(std::move(there.error()));
  return host_->options_of(*there, FleetNames::in_host(fleet_->name(), name));
}

bool FleetScope::is_left(CellKind kind, std::string_view name) const {
  const auto there = in_host(kind);
  return there && host_->is_left(*there, FleetNames::in_host(fleet_->name(), name));
}

Result<void> FleetScope::forget(CellKind kind, std::string_view name) {
  auto there = in_host(kind);
  if (!there) return tl::unexpected(std::move(there.error()));
  return host_->forget(*there, FleetNames::in_host(fleet_->name(), name));
}

int64_t FleetScope::stat(Stat which) const noexcept {
  return which == Stat::kDifferences ? static_cast<int64_t>(differences().size())
                                     : host_->stat(which);
}

void FleetScope::collect(MetricSink& sink) const {
  MetricSink::Shared shared(sink);
  collect_fleet(fleet_->record(), sink);
}

}  // namespace og
