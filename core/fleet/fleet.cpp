// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/base/futex.h"
#include "core/base/made_once.h"
#include "core/base/patience.h"
#include "core/base/random.h"
#include "core/base/time.h"
#include "core/fleet/fleet_figures.h"

namespace og {
namespace {

// The fleets that this process has a part in.
struct OpenFleets {
  ForkMutex mutex;
  std::vector<std::weak_ptr<Fleet>> fleets OG_GUARDED_BY(mutex);

  static OpenFleets& instance() {
    static constinit MadeOnce<OpenFleets> open;
    return open.get([] { return new OpenFleets; });
  }
};

uint64_t as_agent(uint64_t owner, bool has_driver) { return owner << 1 | has_driver; }

}  // namespace

Result<std::shared_ptr<Fleet>> Fleet::open(std::shared_ptr<Scope> host,
                                           const FleetAgent::Settings& settings, ClockPtr clock) {
  auto& open = OpenFleets::instance();
  auto cells = host->cells(
      {CellKind::kFleet,
       settings.fleet,
       {},
       {.own = FleetRecord::kBytes,
        .shared = 0,
        .begin = [](char* own) { FleetRecord::begin(own, entropy_seed(), entropy_seed()); }},
       {}});
  if (!cells) return tl::unexpected(std::move(cells.error()));
  std::vector<std::shared_ptr<Fleet>> seen;  // may be the last to hold one: let go after the lock
  std::shared_ptr<Fleet> made(
      new Fleet(settings, std::move(host), std::move(clock), std::move(*cells)));
  ForkLock lock(open.mutex);
  std::erase_if(open.fleets, [](const auto& known) { return known.expired(); });
  for (const auto& known : open.fleets) {
    seen.push_back(known.lock());
    if (seen.back() && seen.back()->host_ == made->host_ && seen.back()->name() == made->name())
      return seen.back();
  }
  open.fleets.push_back(made);
  return made;
}

Fleet::Fleet(FleetAgent::Settings settings, std::shared_ptr<Scope> host, ClockPtr clock,
             Scope::Cells cells)
    : settings_(std::move(settings)),
      host_(std::move(host)),
      clock_(std::move(clock)),
      cells_(std::move(cells)),
      record_(cells_.own) {}

Fleet::~Fleet() {
  ForkLock lock(mutex_);
  let_go();
}

void Fleet::let_go() noexcept {
  if (!agent_) return;
  agent_.reset();
  if (agent_as_ >> 1 == host_->owner()) hand_over(agent_as_);
}

// The next driver's turn, where the agent is that one.
void Fleet::hand_over(uint64_t agent) noexcept {
  if (!record_.agent().compare_exchange_strong(agent, 0, std::memory_order_seq_cst)) return;
  record_.handovers().fetch_add(1, std::memory_order_seq_cst);
  futex_wake(record_.handovers());
}

// Whether this process is the agent, or has become so.
bool Fleet::hold(bool has_driver, int64_t now) {
  const uint64_t owner = host_->owner();
  uint64_t seen = record_.agent().load(std::memory_order_seq_cst);
  if (owner == 0 || (agent_ && agent_as_ >> 1 != owner)) agent_.reset();  // after a fork
  if (owner == 0) return false;
  const bool is_own = seen >> 1 == owner;
  if (is_own && agent_ && agent_as_ == seen) {
    // Whoever helps a driver that takes no more stands in for it.
    const bool is_left = agent_->has_driver() && now - taken_at_ >= kStoppedAfter;
    if (has_driver ? agent_->has_driver() : !is_left) return true;
  }
  if (!is_own && !may_take_over(seen, has_driver, now)) {
    agent_.reset();
    return false;
  }
  const uint64_t own = as_agent(owner, has_driver);
  if (!record_.agent().compare_exchange_strong(seen, own, std::memory_order_seq_cst)) return false;
  agent_.reset();
  agent_as_ = own;
  agent_ = std::make_unique<FleetAgent>(settings_, host_, record_, has_driver, now);
  return true;
}

bool Fleet::may_take_over(uint64_t agent, bool has_driver, int64_t now) {
  if (agent == 0 || (has_driver && !(agent & 1))) return true;
  const auto beat = static_cast<int64_t>(record_.beat().load(std::memory_order_seq_cst));
  if (now - beat >= kStoppedAfter) return true;
  if (now < look_at_) return false;
  look_at_ = later(now, kLookEvery);
  return !host_->is_alive(agent >> 1);
}

std::vector<FleetLink::Command> Fleet::take_at(int64_t now) {
  std::vector<FleetLink::Command> batch;
  {
    ForkLock lock(mutex_);
    if (!hold(true, now)) return batch;
    taken_at_ = now;
    batch = agent_->take(now);
  }
  answered();
  return batch;
}

void Fleet::reply_at(int64_t id, FleetReply reply, int64_t now) {
  {
    ForkLock lock(mutex_);
    if (!agent_ || !agent_->has_driver()) return;
    agent_->reply(id, std::move(reply), now);
    wake_driver();
  }
  answered();
}

void Fleet::broken_at(std::string_view why, int64_t now) {
  {
    ForkLock lock(mutex_);
    if (!agent_ || !agent_->has_driver()) return;
    agent_->broken(why, now);
    wake_driver();
  }
  answered();
}

// Where a reply has made something due before what a thread of the driver's waits for.
void Fleet::wake_driver() noexcept {
  if (agent_->due() >= waits_until_) return;
  waits_until_ = agent_->due();
  asked(true);
}

void Fleet::leave() {
  ForkLock lock(mutex_);
  if (agent_ && agent_->has_driver()) agent_->leave(clock_->now());
}

int32_t Fleet::wait(int64_t timeout_ns) {
  const int64_t end = later(clock_->now(), std::max<int64_t>(timeout_ns, 0));
  for (;;) {
    const int64_t now = clock_->now();
    const uint32_t asks = record_.asks().load(std::memory_order_seq_cst);
    const uint32_t handovers = record_.handovers().load(std::memory_order_seq_cst);
    int64_t due = 0;
    bool is_agent = false;
    {
      ForkLock lock(mutex_);
      is_agent = agent_ && agent_->has_driver() &&
                 record_.agent().load(std::memory_order_seq_cst) == agent_as_;
      if (is_agent) {
        waits_until_ = due = agent_->due();
        if (agent_->asks_seen() != asks) due = now;
      } else if (may_take_over(record_.agent().load(std::memory_order_seq_cst), true, now)) {
        due = now;
      } else {
        due = later(now, kLookEvery);
      }
    }
    if (due <= now) return 1;
    if (now >= end || clock_->kind() == Clock::Kind::kManual) return 0;
    if (Patience::interrupted()) return static_cast<int32_t>(Status::kInterrupted);
    const int64_t most =
        Patience::has_check() ? std::chrono::nanoseconds(Patience::kSlice).count() : kEndOfTime;
    const int64_t pause = std::min({due - now, end - now, most});
    if (is_agent) {
      record_.agent_sleeps().store(1, std::memory_order_seq_cst);
      futex_wait(record_.asks(), asks, pause);
      record_.agent_sleeps().store(0, std::memory_order_seq_cst);
    } else {
      futex_wait(record_.handovers(), handovers, pause);
    }
  }
}

void Fleet::asked(bool is_looked_at) noexcept {
  if (!is_looked_at) record_.scans().fetch_add(1, std::memory_order_seq_cst);
  record_.asks().fetch_add(1, std::memory_order_seq_cst);
  if (record_.agent_sleeps().load(std::memory_order_seq_cst) != 0) futex_wake(record_.asks());
}

void Fleet::answered() noexcept {
  record_.answers().fetch_add(1, std::memory_order_seq_cst);
  if (record_.waiting().load(std::memory_order_seq_cst) != 0) futex_wake(record_.answers());
}

// Who is killed in it leaves the number too high: then answers wake nobody, now and then.
void Fleet::wait_for_answer(uint32_t seen, int64_t timeout_ns) noexcept {
  record_.waiting().fetch_add(1, std::memory_order_seq_cst);
  futex_wait(record_.answers(), seen, timeout_ns);
  record_.waiting().fetch_sub(1, std::memory_order_seq_cst);
}

int64_t Fleet::await_answer(uint32_t& seen, int64_t now, int64_t until) noexcept {
  wait_for_answer(seen, std::min<int64_t>(until - now, kHelpAfter));
  now = clock_->now();
  if (answers_seen() == seen) give_up_the_dead();
  help(now);
  seen = answers_seen();
  return now;
}

// A driver that waits for its turn asks the kernel every kLookEvery.
void Fleet::give_up_the_dead() noexcept {
  const uint64_t agent = record_.agent().load(std::memory_order_seq_cst);
  if (agent != 0 && !host_->is_alive(agent >> 1)) hand_over(agent);
}

void Fleet::help(int64_t now) noexcept {
  const auto beat = static_cast<int64_t>(record_.beat().load(std::memory_order_seq_cst));
  if (now - beat < kHelpAfter && beat != 0) return;
  const uint64_t owner = host_->owner();
  const uint64_t agent = record_.agent().load(std::memory_order_seq_cst);
  const bool is_own = owner != 0 && agent >> 1 == owner;
  if (!is_own) {
    const int64_t since = std::max(beat, record_.made(now));
    if (now - since < (beat == 0 ? kPatience : kStoppedAfter)) return;
  }
  try {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return;
    mutex_.assert_held();
    if (!hold(false, now)) return;
    agent_->step(now);
  } catch (...) {
    return;  // no memory: the next who asks tries again
  }
  answered();
}

std::string Fleet::status() const {
  const uint64_t agent = record_.agent().load(std::memory_order_seq_cst);
  const bool is_own = agent >> 1 == host_->owner();
  return fleet_status(name(), record_,
                      agent == 0 ? ""
                      : is_own   ? "this process"
                                 : "another process");
}

}  // namespace og
