// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/status.h"
#include "core/fleet/fleet_agent.h"
#include "core/fleet/fleet_record.h"
#include "core/scope/scope.h"

namespace og {

// A machine's part of a fleet, as one of its processes has it: what nouns ask more of, and what a
// driver carries to the server.
//
// The agent. One process of the machine speaks for all: its number and a flag stand in a word of
// the host's scope (FleetRecord). Any process with a driver takes the word
//
//   - where it is nobody's
//   - where that process has died, as the kernel says: seen within kLookEvery; within kHelpAfter
//     where a call waits for an answer, whose process then makes the word nobody's
//   - where it has not stepped for kStoppedAfter: it was stopped, or its driver hangs in its client
//   - where that process only stands in, as it also does once its own driver takes no more
//
// One that was stopped and goes on sees that the word is another's, and is the agent no more. What
// both do at once errs low: core/fleet/grant_cells.h, core/fleet/lease_agent.h.
//
// Standing in. Where the agent does not step, whoever asks for something steps for it: in its own
// process at once, and else as an agent without a driver, which is apart from the server. So what
// is to become of a call while the server cannot be asked does not hang on a driver's thread.
//
// Waits. A driver waits on a futex that who asks wakes; who waits for an answer, on one that the
// agent wakes. No lock is held while anybody waits, or while a client is at work.
//
// A fork leaves the child with no part in what the parent was told: it is another process.
//
// Safe from every thread.
class Fleet final {
 public:
  static constexpr int64_t kLookEvery = 100'000'000;     // ns
  static constexpr int64_t kStoppedAfter = 500'000'000;  // ns
  static constexpr int64_t kHelpAfter = 20'000'000;      // ns
  static constexpr int64_t kPatience = 1'000'000'000;    // ns: for a driver's first step

  // The process has one for a fleet of a scope: whoever opens it first says how it is.
  static Result<std::shared_ptr<Fleet>> open(std::shared_ptr<Scope> host,
                                             const FleetAgent::Settings& settings, ClockPtr clock);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  const std::string& name() const noexcept { return settings_.fleet; }
  const std::shared_ptr<Scope>& host() const noexcept { return host_; }
  const Clock& clock() const noexcept { return *clock_; }

  // ---- for a driver ----

  // What is to be sent to the server, in order; nothing where nothing is due, or where another
  // process is the agent. The ids of a batch follow one another.
  std::vector<FleetLink::Command> take() { return take_at(clock_->now()); }
  std::vector<FleetLink::Command> take_at(int64_t now);
  // What came back. `why` is shown: neither an address nor a password.
  void reply(int64_t id, FleetReply reply) { reply_at(id, std::move(reply), clock_->now()); }
  void reply_at(int64_t id, FleetReply reply, int64_t now);
  void broken(std::string_view why) { broken_at(why, clock_->now()); }
  void broken_at(std::string_view why, int64_t now);
  // Until there may be something to take, at most so long: 1; 0 when there may not; or
  // kInterrupted. By a manual clock it does not wait.
  int32_t wait(int64_t timeout_ns);
  // The machine leaves: to be taken and sent once more, where this process is the agent.
  void leave();

  // As a JSON object.
  std::string status() const;

  // ---- for nouns ----

  // A number that await_answer() is given, read before what it waits for is looked at.
  uint32_t answers_seen() noexcept { return record_.answers().load(std::memory_order_seq_cst); }
  // Something was asked for. is_looked_at: the agent looks at where.
  void asked(bool is_looked_at) noexcept;
  // Waits for an answer, kHelpAfter and until `until` at most, and helps. The time then; `seen` is
  // for the next wait.
  int64_t await_answer(uint32_t& seen, int64_t now, int64_t until) noexcept;
  // Steps for an agent that does not: by who asks.
  void help(int64_t now) noexcept;
  int64_t timeout_ns() const noexcept { return settings_.timeout_ns; }
  int64_t round_trip_ns() const noexcept { return record_.figure(FleetRecord::kRoundTrip); }
  const FleetRecord& record() const noexcept { return record_; }

 private:
  Fleet(FleetAgent::Settings settings, std::shared_ptr<Scope> host, ClockPtr clock,
        Scope::Cells cells);
  bool hold(bool has_driver, int64_t now) OG_REQUIRES(mutex_);
  bool may_take_over(uint64_t agent, bool has_driver, int64_t now) OG_REQUIRES(mutex_);
  void let_go() noexcept OG_REQUIRES(mutex_);
  void hand_over(uint64_t agent) noexcept;
  void give_up_the_dead() noexcept;
  void wake_driver() noexcept OG_REQUIRES(mutex_);
  void answered() noexcept;
  void wait_for_answer(uint32_t seen, int64_t timeout_ns) noexcept;

  const FleetAgent::Settings settings_;
  const std::shared_ptr<Scope> host_;
  const ClockPtr clock_;
  const Scope::Cells cells_;
  mutable FleetRecord record_;
  ForkMutex mutex_;
  std::unique_ptr<FleetAgent> agent_ OG_GUARDED_BY(mutex_);  // while this process is it
  uint64_t agent_as_ OG_GUARDED_BY(mutex_) = 0;              // as it stands in the record
  int64_t taken_at_ OG_GUARDED_BY(mutex_) = 0;               // by this process's driver
  int64_t waits_until_ OG_GUARDED_BY(mutex_) = 0;            // as its last wait began
  int64_t look_at_ OG_GUARDED_BY(mutex_) = 0;  // when to ask the kernel next about another's
};

}  // namespace og
