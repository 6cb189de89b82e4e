// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/fork_aware.h"
#include "core/base/histogram.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/tickets.h"

namespace og {

extern const OptionTable kReplicasOptions;

// Reads to replicas, writes to the primary. Node 0 is the primary, 1 to `replicas` are the
// replicas.
//
// Who is healthy is one word, a bit a node, so a read is one load, one atomic add for the turn and
// the choice of a set bit; no snapshot is needed and a change of health is seen by the next read.
// Turns begin at any replica, so that many processes do not begin with the same, unless a seed is
// given. Where calls are acquired, tickets count them in flight (see Tickets).
//
// Safe from every thread; lock-free, and allocates when created only. Calls in flight at a fork are
// the parent's: in the child none is, and their tickets lapse.
class ReplicaRouter final : private ForkAware {
 public:
  static constexpr int kMaxReplicas = 63;

  static Result<std::unique_ptr<ReplicaRouter>> create(const Config& config, ClockPtr clock);
  ~ReplicaRouter() { leave_forks(); }

  // A node, or Status::kNone as its number.
  int32_t write() noexcept;
  int32_t read() noexcept;
  int32_t read_at(int64_t now) noexcept;
  void read_many(std::span<int32_t> out) noexcept;  // one read of the clock

  // A ticket (> 0) and the node; or Status::kNone, Status::kFull as a number.
  int64_t acquire(bool write, int32_t* node) noexcept {
    return acquire_at(write, clock_->now(), node);
  }
  int64_t acquire_at(bool write, int64_t now, int32_t* node) noexcept;
  // latency_ns < 0: the time since acquire.
  Status release(int64_t ticket, bool success, int64_t latency_ns) noexcept {
    return release_at(ticket, success, latency_ns, clock_->now());
  }
  Status release_at(int64_t ticket, bool success, int64_t latency_ns, int64_t now) noexcept;
  // The call was not made: no longer in flight, and nothing recorded.
  Status cancel(int64_t ticket) noexcept { return cancel_at(ticket, clock_->now()); }
  Status cancel_at(int64_t ticket, int64_t now) noexcept;

  Status set_healthy(int32_t node, bool healthy) noexcept;
  int32_t healthy(int32_t node) const noexcept;
  int64_t in_flight(int32_t node) const noexcept;
  int64_t reads(int32_t node) const noexcept;
  int64_t writes() const noexcept { return counts_.total(kWrites); }
  int32_t replicas() const noexcept { return settings_.replicas; }
  void collect(MetricSink& sink) const;

 private:
  enum class Policy { kRoundRobin, kLeastInFlight };
  struct Settings {
    int32_t replicas;
    Policy policy;
    bool fall_back;
    uint64_t first_turn;
    int64_t tickets;
    int64_t ticket_ns;
  };
  struct alignas(64) Node {
    std::atomic<int64_t> in_flight{0};
    std::atomic<int64_t> reads{0};
    std::atomic<int64_t> failures{0};
    Histogram latency;
  };

  ReplicaRouter(Settings settings, ClockPtr clock);
  bool known(int32_t node) const noexcept { return node >= 0 && node <= settings_.replicas; }
  int64_t now_for_reads() const noexcept;
  int32_t choose_read() noexcept;
  void count(int32_t node, bool write) noexcept;
  Status give_back(int64_t ticket, int64_t now, Tickets::Held* held) noexcept;
  void expire(int64_t now) noexcept;
  void after_fork_in_child() noexcept override;

  const Settings settings_;
  const ClockPtr clock_;
  std::unique_ptr<Node[]> nodes_;
  alignas(64) std::atomic<uint64_t> up_;  // bit i: node i is healthy
  alignas(64) std::atomic<uint64_t> turn_;
  Tickets tickets_;

  enum Count : size_t { kWrites, kFallBacks, kNobody, kFull, kLapsed, kExpired };
  StripedCounters<6> counts_;
};

}  // namespace og
