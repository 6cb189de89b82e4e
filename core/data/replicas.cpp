// SPDX-License-Identifier: Apache-2.0
#include "core/data/replicas.h"

#include <algorithm>
#include <bit>
#include <string>

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kReplicaRows[] = {
    {.name = "replicas", .type = OptionType::kInt, .fallback = "2", .min = 0,
     .max = ReplicaRouter::kMaxReplicas, .unit = "nodes",
     .doc = "Read replicas beside the primary."},
    {.name = "policy", .type = OptionType::kEnum, .fallback = "round_robin",
     .choices = "round_robin|least_in_flight",
     .doc = "Which healthy replica takes a read."},
    {.name = "fall_back", .type = OptionType::kBool, .fallback = "true",
     .doc = "Reads go to the primary when no replica is healthy."},
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992,
     .doc = "0: turns begin at any replica; else at the first."},
    {.name = "tickets", .type = OptionType::kInt, .fallback = "4096", .min = 1,
     .max = Tickets::kMaxCapacity, .unit = "calls",
     .doc = "Calls in flight at a time."},
    {.name = "ticket_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 0,
     .max = 2592000000, .unit = "ms",
     .doc = "A ticket not returned within this time no longer counts; 0 waits for ever."},
};
// clang-format on

constexpr int32_t kPrimary = 0;
constexpr int32_t kNobodyIndex = static_cast<int32_t>(Status::kNone);
constexpr uint64_t kPrimaryBit = 1;

// The nth set bit of a word that has more than n.
int32_t nth_bit(uint64_t bits, uint64_t n) {
  while (n-- > 0) bits &= bits - 1;
  return static_cast<int32_t>(std::countr_zero(bits));
}

}  // namespace

constexpr OptionTable kReplicasOptions{"replicas", kReplicaRows};

Result<std::unique_ptr<ReplicaRouter>> ReplicaRouter::create(const Config& config, ClockPtr clock) {
  auto options = OptionsOf<kReplicasOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  Settings settings{
      .replicas = static_cast<int32_t>(options->integer("replicas")),
      .policy = options->choice<Policy>("policy"),
      .fall_back = options->flag("fall_back"),
      .first_turn = options->integer("seed") != 0 ? 0 : entropy_seed() >> 32,
      .tickets = options->integer("tickets"),
      .ticket_ns = options->duration_ns("ticket_ms"),
  };
  return std::unique_ptr<ReplicaRouter>(new ReplicaRouter(settings, std::move(clock)));
}

ReplicaRouter::ReplicaRouter(Settings settings, ClockPtr clock)
    : settings_(settings),
      clock_(std::move(clock)),
      nodes_(new Node[static_cast<size_t>(settings.replicas) + 1]),
      up_(~uint64_t{0} >> (kMaxReplicas - settings.replicas)),
      turn_(settings.first_turn),
      tickets_(settings.tickets, settings.ticket_ns) {
  join_forks();
}

void ReplicaRouter::after_fork_in_child() noexcept {
  tickets_.forget();
  for (int i = 0; i <= settings_.replicas; ++i) {
    nodes_[static_cast<size_t>(i)].in_flight.store(0, std::memory_order_relaxed);
  }
}

void ReplicaRouter::expire(int64_t now) noexcept {
  tickets_.expire(now, [&](int32_t node) {
    nodes_[static_cast<size_t>(node)].in_flight.fetch_sub(1, std::memory_order_relaxed);
    counts_.add(kExpired);
  });
}

int32_t ReplicaRouter::choose_read() noexcept {
  uint64_t up = up_.load(std::memory_order_relaxed);
  uint64_t replicas = up & ~kPrimaryBit;
  if (replicas == 0) return settings_.fall_back && (up & kPrimaryBit) ? kPrimary : kNobodyIndex;
  auto count = static_cast<uint64_t>(std::popcount(replicas));
  if (settings_.policy == Policy::kRoundRobin) {
    return nth_bit(replicas, turn_.fetch_add(1, std::memory_order_relaxed) % count);
  }
  // The search starts behind the last choice, so that equals take turns.
  auto start = static_cast<int>(turn_.load(std::memory_order_relaxed) % 64);
  int32_t best = kNobodyIndex;
  int64_t least = INT64_MAX;
  for (uint64_t left = std::rotr(replicas, start); left != 0; left &= left - 1) {
    int32_t node = static_cast<int32_t>((std::countr_zero(left) + start) % 64);
    int64_t load = nodes_[static_cast<size_t>(node)].in_flight.load(std::memory_order_relaxed);
    if (load < least) {
      least = load;
      best = node;
    }
  }
  turn_.store(static_cast<uint64_t>(best + 1) % 64, std::memory_order_relaxed);
  return best;
}

void ReplicaRouter::count(int32_t node, bool write) noexcept {
  if (node < 0) return counts_.add(kNobody);
  if (write) return counts_.add(kWrites);
  if (node == kPrimary) counts_.add(kFallBacks);
  nodes_[static_cast<size_t>(node)].reads.fetch_add(1, std::memory_order_relaxed);
}

int32_t ReplicaRouter::write() noexcept {
  int32_t node = up_.load(std::memory_order_relaxed) & kPrimaryBit ? kPrimary : kNobodyIndex;
  count(node, true);
  return node;
}

// Only least in flight looks at what is out, and so only it needs the time.
int64_t ReplicaRouter::now_for_reads() const noexcept {
  bool timed = settings_.policy == Policy::kLeastInFlight && tickets_.timed();
  return timed ? clock_->now() : 0;
}

int32_t ReplicaRouter::read() noexcept { return read_at(now_for_reads()); }

void ReplicaRouter::read_many(std::span<int32_t> out) noexcept {
  int64_t now = now_for_reads();
  for (int32_t& node : out) node = read_at(now);
}

int32_t ReplicaRouter::read_at(int64_t now) noexcept {
  if (settings_.policy == Policy::kLeastInFlight && tickets_.timed()) expire(from_zero(now));
  int32_t node = choose_read();
  count(node, false);
  return node;
}

int64_t ReplicaRouter::acquire_at(bool write, int64_t now, int32_t* node) noexcept {
  now = from_zero(now);
  if (tickets_.timed()) expire(now);
  bool primary_up = up_.load(std::memory_order_relaxed) & kPrimaryBit;
  int32_t chosen = !write ? choose_read() : primary_up ? kPrimary : kNobodyIndex;
  *node = chosen;
  if (chosen < 0) {
    count(chosen, write);
    return chosen;
  }
  std::atomic<int64_t>& in_flight = nodes_[static_cast<size_t>(chosen)].in_flight;
  const int64_t ticket = tickets_.take_counted(
      chosen, now, [&] { in_flight.fetch_add(1, std::memory_order_relaxed); },
      [&] { in_flight.fetch_sub(1, std::memory_order_relaxed); });
  if (ticket < 0) {
    *node = kNobodyIndex;
    counts_.add(kFull);
    return ticket;
  }
  count(chosen, write);
  return ticket;
}

Status ReplicaRouter::give_back(int64_t ticket, int64_t now, Tickets::Held* held) noexcept {
  if (ticket <= 0) return Status::kInvalidArgument;
  if (tickets_.give_back(ticket, now, held)) return Status::kOk;
  if (tickets_.timed()) expire(now);
  counts_.add(kLapsed);
  return Status::kLapsed;
}

Status ReplicaRouter::cancel_at(int64_t ticket, int64_t now) noexcept {
  Tickets::Held held;
  Status status = give_back(ticket, from_zero(now), &held);
  if (status != Status::kOk) return status;
  nodes_[static_cast<size_t>(held.owner)].in_flight.fetch_sub(1, std::memory_order_relaxed);
  return Status::kOk;
}

Status ReplicaRouter::release_at(int64_t ticket, bool success, int64_t latency_ns,
                                 int64_t now) noexcept {
  now = from_zero(now);
  Tickets::Held held;
  if (Status status = give_back(ticket, now, &held); status != Status::kOk) return status;
  Node& node = nodes_[static_cast<size_t>(held.owner)];
  node.latency.record(latency_ns >= 0 ? latency_ns : now - held.since);
  if (!success) node.failures.fetch_add(1, std::memory_order_relaxed);
  node.in_flight.fetch_sub(1, std::memory_order_relaxed);
  return Status::kOk;
}

Status ReplicaRouter::set_healthy(int32_t node, bool healthy) noexcept {
  if (!known(node)) return Status::kInvalidArgument;
  uint64_t bit = uint64_t{1} << node;
  if (healthy) {
    up_.fetch_or(bit, std::memory_order_relaxed);
  } else {
    up_.fetch_and(~bit, std::memory_order_relaxed);
  }
  return Status::kOk;
}

int32_t ReplicaRouter::healthy(int32_t node) const noexcept {
  if (!known(node)) return static_cast<int32_t>(Status::kInvalidArgument);
  return static_cast<int32_t>((up_.load(std::memory_order_relaxed) >> node) & 1);
}

int64_t ReplicaRouter::in_flight(int32_t node) const noexcept {
  if (!known(node)) return static_cast<int64_t>(Status::kInvalidArgument);
  return nodes_[static_cast<size_t>(node)].in_flight.load(std::memory_order_relaxed);
}

int64_t ReplicaRouter::reads(int32_t node) const noexcept {
  if (!known(node)) return static_cast<int64_t>(Status::kInvalidArgument);
  return nodes_[static_cast<size_t>(node)].reads.load(std::memory_order_relaxed);
}

void ReplicaRouter::collect(MetricSink& sink) const {
  for (int32_t i = 0; i <= settings_.replicas; ++i) {
    const Node& node = nodes_[static_cast<size_t>(i)];
    std::string name = i == kPrimary ? "primary" : "replica_" + std::to_string(i);
    sink.level("outgrow_replicas_healthy", "1 when the node may be chosen.", {{"node", name}},
               healthy(i));
    sink.gauge("outgrow_replicas_in_flight", "Calls out at the node.", {{"node", name}},
               static_cast<double>(in_flight(i)));
    sink.counter("outgrow_replicas_reads_total", "Reads sent to the node.", {{"node", name}},
                 reads(i));
    sink.counter("outgrow_replicas_failures_total", "Calls to the node that failed.",
                 {{"node", name}}, node.failures.load(std::memory_order_relaxed));
    sink.histogram("outgrow_replicas_latency_seconds", "How long calls took.", {{"node", name}},
                   node.latency);
  }
  constexpr const char* kUnserved = "outgrow_replicas_unserved_total";
  constexpr const char* kUnservedHelp = "Calls that found no node, and calls beyond the tickets.";
  sink.counter("outgrow_replicas_writes_total", "Writes sent to the primary.", {}, writes());
  sink.counter("outgrow_replicas_fall_backs_total",
               "Reads sent to the primary for want of a replica.", {}, counts_.total(kFallBacks));
  sink.counter(kUnserved, kUnservedHelp, {{"reason", "nobody"}}, counts_.total(kNobody));
  sink.counter(kUnserved, kUnservedHelp, {{"reason", "full"}}, counts_.total(kFull));
  sink.counter("outgrow_replicas_tickets_expired_total", "Tickets not returned within their time.",
               {}, counts_.total(kExpired));
  sink.counter("outgrow_replicas_tickets_lapsed_total",
               "Tickets returned a second time or too late.", {}, counts_.total(kLapsed));
}

}  // namespace og
