// SPDX-License-Identifier: Apache-2.0
#include "core/guard/served_breaker.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/fleet/fleet_names.h"

namespace og {
namespace {

// What calls count is on as many lines as they spread over: not to be read with each step.
constexpr int64_t kCountEvery = 10'000'000;  // ns

}  // namespace

std::unique_ptr<Served> ServedBreaker::serve(Scope::Cells cells, const std::string& name,
                                             const Agent& agent) {
  const VotedObject<> object(cells.own);
  if (!object.is_sound(cells.own_bytes) || !cells.shared) return nullptr;
  const auto terms = object.terms();
  if (!terms) return nullptr;
  std::unique_ptr<ServedBreaker> served(new ServedBreaker(
      std::move(cells), *terms, FleetNames::on_server(agent.fleet, "breaker", name), agent));
  if (served->is_idle() || !served->teller_.take_over()) return nullptr;
  return served;
}

ServedBreaker::ServedBreaker(Scope::Cells cells, const FleetBreaker::Terms& terms, std::string key,
                             const Agent& agent)
    : host_(agent.host),
      memory_(std::move(cells), agent.host),
      object_(memory_.data()),
      counts_(memory_),
      teller_(object_, agent.epoch),
      link_(agent.link),
      first_terms_(terms),
      key_(std::move(key)),
      machine_(agent.machine),
      epoch_(agent.epoch),
      terms_version_(object_.terms_version()),
      calls_(object_.calls_seen()),
      refused_(counts_.total(kBreakerRefusals) - (calls() - calls_)),
      ended_(object_.ended()) {}

int64_t ServedBreaker::calls() const {
  return counts_.total(kBreakerSuccesses) + counts_.total(kBreakerFailures) +
         counts_.total(kBreakerRefusals) + counts_.total(kBreakerLapses);
}

bool ServedBreaker::is_idle() const { return !object_.is_asked() && calls() == calls_; }

// What is told is told before what is out is counted, and that before the server hears of it.
void ServedBreaker::step(int64_t, int64_t now) {
  stepped_at_ = now;
  if (breaker_) {
    follow_terms(object_, terms_version_,
                 [this](const auto& terms) { breaker_->set_terms(terms); });
  } else {
    breaker_.emplace(first_terms_, key_, machine_, link_, epoch_, hash64(key_ + machine_),
                     teller_.told().verdict, now);
  }
  if (!tell(now)) return;
  breaker_->step(look(now), now);
  tell(now);
}

// False where a later agent has the part: this one's machine has another by now.
bool ServedBreaker::tell(int64_t now) {
  const int64_t closed = breaker_->counts().closed;
  if (!teller_.tell(breaker_->verdict(), closed != closed_, now)) return false;
  closed_ = closed;
  return true;
}

FleetBreaker::Own ServedBreaker::look(int64_t now) {
  FleetBreaker::Own own;
  object_.seen();
  const BreakerWord word = BreakerWord::unpack(object_.cell().word.load(std::memory_order_seq_cst));
  own.is_failing = word.state == BreakerState::kOpen || word.state == BreakerState::kHalfOpen;
  if (teller_.is_of_told(word)) {
    const bool is_same = word.generation == word_.generation;
    own.generation = teller_.told().verdict.generation;
    own.successes = word.count - (is_same ? word_.count : 0);
    own.failures = word.has_failed && !(is_same && word_.has_failed);
  }
  const int64_t ended = object_.ended();
  own.ended = ended - ended_;
  own.probing = probing_ = object_.probing(teller_.told().verdict.probes_end, [this](uint64_t by) {
    return by == 0 || host_->is_alive(by);
  });
  if (now - counted_at_ >= kCountEvery || word.pack() != word_.pack() || ended != ended_) {
    const int64_t calls = this->calls(), refused = counts_.total(kBreakerRefusals);
    own.calls = calls - calls_;
    own.refused = is_of_fleet(word.state) ? refused - refused_ : 0;
    counted_at_ = now;
    calls_ = calls;
    refused_ = refused;
    object_.set_calls_seen(calls);
  }
  word_ = word;
  ended_ = ended;
  if (own.calls > 0) in_use_until_ = later(now, first_terms_.vote_ns);
  return own;
}

int64_t ServedBreaker::due() const {
  if (!breaker_ || !(breaker_->verdict() == teller_.told().verdict)) return 0;
  int64_t due = breaker_->due();
  if (word_.state == BreakerState::kFleetOpen)
    due = std::min(due, std::max(breaker_->verdict().tried_at, stepped_at_ + kCountEvery));
  return due;
}

void ServedBreaker::show(FleetRecord& record) {
  if (!breaker_) return;
  const FleetBreaker::Counts& counts = breaker_->counts();
  add(record, FleetRecord::kBreakersOpened, counts.opened, shown_.opened);
  add(record, FleetRecord::kBreakersClosed, counts.closed, shown_.closed);
}

}  // namespace og
