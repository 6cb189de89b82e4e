// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/lease_agent.h"

#include <algorithm>
#include <utility>

#include "core/base/time.h"
#include "core/fleet/bucket_scripts.h"
#include "core/fleet/fleet_names.h"

namespace og {
namespace {

constexpr int64_t kLookEvery = 5'000'000;       // ns, while keys are used
constexpr int64_t kLeastAhead = 2'000'000;      // ns: what a round trip is taken for at least
constexpr int64_t kSweepEvery = 1'000'000'000;  // ns
constexpr int64_t kFast = 4;                    // tokens in a lease: a key that is asked ahead for
constexpr int64_t kInATick = 4;                 // grants of a key
constexpr int64_t kAskAgain = 100'000'000;  // ns: a key whose state on the server is not a bucket

}  // namespace

LeaseAgent::LeaseAgent(const Terms& terms, std::string key_prefix, GrantCells<>& cells,
                       AskBoard<>& board, FleetLink& link, IsAlive is_alive)
    : terms_(terms),
      prefix_(std::move(key_prefix)),
      cells_(cells),
      board_(board),
      link_(link),
      is_alive_(std::move(is_alive)) {}

void LeaseAgent::step(int64_t now) {
  if (has_come(sweep_at_, now)) {
    board_.sweep(is_alive_);
    sweep_at_ = later(now, kSweepEvery);
  }
  board_.for_each([&](size_t at, uint64_t tag) {
    Key& key = keys_[at];
    if (key.tag != tag) {
      key = Key{};
      key.tag = tag;
      key.name = FleetNames::encoded(board_.key(at));
      key.hash = board_.hash(at);
      key.looked_at = key.used_at = now;
    }
    const auto held = cells_.held(key.hash, now);
    look(at, key, held, now);
    consider(at, key, held, now);
  });
  // Who has been idle for long holds nothing, and is told nothing. Where many come, for less long:
  // what is forgotten is how much of its local share a key has spent.
  const bool is_crowded = board_.in_use() > AskBoard<>::kSlots / 2;
  const int64_t idle_after = is_crowded ? terms_.lease_ns / 8 : 2 * terms_.lease_ns;
  for (auto at = keys_.begin(); at != keys_.end();) {
    Key& key = at->second;
    const bool is_gone = board_.key_tag(at->first) != key.tag;
    const bool is_idle = !key.is_called && now - key.used_at > idle_after &&
                         key.none_until <= now &&
                         (is_crowded || key.local.is_full(terms_.rate, terms_.machines, now));
    if (is_idle) board_.free(at->first, key.tag);
    at = is_idle || is_gone ? keys_.erase(at) : std::next(at);
  }
  due_ = keys_.empty() ? kEndOfTime : later(now, kLookEvery);
}

// What was asked for and spent since the last look.
void LeaseAgent::look(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now) {
  const auto asked = board_.take_asked(at);
  const auto unspent = static_cast<int64_t>(held.unspent);
  const int64_t spent = std::max<int64_t>(key.unspent - unspent, 0);
  const auto wanted = static_cast<int64_t>(asked.tokens);
  const int64_t paid = std::min(spent, key.local_unspent);
  key.local_unspent -= paid;
  key.untold += paid;
  if (spent > paid) key.local.spent(terms_.rate, terms_.machines, spent - paid, now);
  if (wanted > 0 || spent > 0) key.used_at = now;
  key.asked += wanted;
  key.largest = std::max(key.largest, static_cast<int64_t>(asked.largest));
  const auto passed = static_cast<double>(std::max<int64_t>(now - key.looked_at, 1));
  const double weight = passed / (passed + static_cast<double>(terms_.lease_ns));
  key.rate += weight * (static_cast<double>(spent + wanted) / passed - key.rate);
  key.unspent = unspent;
  key.looked_at = now;
}

// Whether it is time to ask for more of the key, and for how many.
void LeaseAgent::consider(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now) {
  if (key.is_called || key.not_before > now ||
      (key.none_until > now && (key.asked == 0 || key.largest >= key.none_of)))
    return;
  if (held.is_doubled) return;
  const int64_t ahead = 2 * std::max(link_.round_trip_ns(), kLeastAhead) + kLookEvery;
  const auto in_a_lease =
      static_cast<int64_t>(key.rate * static_cast<double>(terms_.lease_ns) + 0.5);
  const bool is_fast =
      slice() > 1 && in_a_lease >= kFast && now - key.used_at <= terms_.lease_ns / 4;
  if (is_fast != key.is_ahead) board_.tell_ahead(at, key.is_ahead = is_fast);
  const bool is_short = held.ends_at - now < ahead ||
                        static_cast<double>(held.tokens) < key.rate * static_cast<double>(ahead);
  if (key.asked == 0 && !(is_fast && is_short)) return;
  const int64_t need = key.asked > 0 ? key.largest : 1;
  const int64_t room = slice() - static_cast<int64_t>(held.tokens);
  int64_t want = std::max(need, std::min({std::max(in_a_lease, key.asked), room,
                                          static_cast<int64_t>(GrantCells<>::kMostTokens)}));
  if (keeps_to_share(now)) {
    const int64_t left = share_left(at, key, held, need, now);
    if (left < need) return;
    want = std::min(want, left);
  }
  const int64_t owed = std::min(key.untold, key.local.missing(terms_.rate, terms_.machines, now));
  FleetLink::Call call{&kTakeScript,
                       prefix_ + key.name,
                       {-1, terms_.rate.count, terms_.rate.period_us, terms_.rate.burst, need, want,
                        -owed, terms_.share}};
  if (link_.call(std::move(call), *this, at, now)) {
    ++counts_.calls;
    key.is_called = true;
    key.told = key.untold;
    key.needed = need;
    key.wanted = want;
  } else {
    grant_apart(at, key, need, want, now);
  }
  key.asked = 0;
  key.largest = 1;
}

void LeaseAgent::answered(uint64_t tag, const FleetAnswer& answer, int64_t now) {
  const auto at = static_cast<size_t>(tag);
  const auto found = keys_.find(at);
  if (found == keys_.end()) return;
  Key& key = found->second;
  key.is_called = false;
  const auto& list = answer.reply.list;
  if (answer.fate != FleetAnswer::Fate::kDone || list.size() < 2) {
    // Refused for this key alone: its state is not a bucket of ours.
    const bool is_broken =
        answer.fate == FleetAnswer::Fate::kRefused && link_.state() == FleetLink::State::kUp;
    if (is_broken) return none_until(at, key, later(now, kAskAgain), 0);
    key.asked = std::max<int64_t>(key.asked, 1);  // the next step asks again, or is apart
    return;
  }
  key.untold -= std::exchange(key.told, 0);
  const int64_t granted = list[0].integer, wait_us = list[1].integer;
  if (list.size() >= 4) {
    board_.tell_left(at, list[2].integer,
                     later(now, std::clamp<int64_t>(list[3].integer, 0, kEndOfTime / 1000) * 1000));
  }
  if (granted < key.wanted) key.not_before = later(now, pause_ns());
  if (granted > 0) {
    counts_.granted += granted;
    put(at, key, granted, later(answer.sent_at, terms_.lease_ns), now);
  } else {
    const int64_t wait =
        wait_us < 0 ? terms_.lease_ns : std::min(wait_us, kEndOfTime / 1000) * 1000;
    none_until(at, key, std::max(later(now, wait), key.not_before), key.needed);
  }
}

// What is left of this machine's share beside what it holds of the server's grants. Whoever asked
// for more than that is told until when.
int64_t LeaseAgent::share_left(size_t at, Key& key, const GrantCells<>::Held& held, int64_t need,
                               int64_t now) {
  const int64_t granted =
      std::max<int64_t>(static_cast<int64_t>(held.tokens) - key.local_unspent, 0);
  const int64_t left = key.local.left(terms_.rate, terms_.machines, now) - granted;
  if (left >= need || key.asked == 0) return left;
  const int64_t wait = key.local.wait(terms_.rate, terms_.machines, need + granted);
  none_until(at, key, later(now, wait < 0 ? terms_.lease_ns : wait), need);
  key.asked = 0;
  key.largest = 1;
  return left;
}

int64_t LeaseAgent::pause_ns() const {
  const auto half =
      static_cast<__int128>(terms_.rate.burst) * terms_.rate.period_us * 500 / terms_.rate.count;
  return static_cast<int64_t>(std::min<__int128>(half, terms_.lease_ns / 10));
}

void LeaseAgent::grant_apart(size_t at, Key& key, int64_t need, int64_t want, int64_t now) {
  int64_t granted = 0, wait = -1;
  switch (terms_.when_apart) {
    case WhenApart::kOpen:
      granted = static_cast<int64_t>(GrantCells<>::kMostTokens);
      break;
    case WhenApart::kClosed:
      wait = kLookEvery;
      break;
    case WhenApart::kLocal:
      granted = key.local.take(terms_.rate, terms_.machines, need, want, now);
      wait = key.local.wait(terms_.rate, terms_.machines, need);
      break;
  }
  if (granted > 0) {
    counts_.apart += granted;
    put(at, key, granted, later(now, terms_.lease_ns), now);
    if (terms_.when_apart == WhenApart::kLocal) key.local_unspent = granted;
  } else {
    none_until(at, key, later(now, wait < 0 ? terms_.lease_ns : wait), need);
  }
}

// Each of a key's grants ends later than the last, by a tick at least. So that a few have room that
// come within one, all end a little early.
void LeaseAgent::put(size_t at, Key& key, int64_t tokens, int64_t ends_at, int64_t now) {
  constexpr int64_t kTick = int64_t{1} << GrantCells<>::kTickBits;
  bool is_put = false;
  for (int64_t early = kInATick - 1; early >= 0 && !is_put; --early)
    is_put = cells_.put(key.hash, now, static_cast<uint64_t>(tokens), ends_at - early * kTick);
  if (!is_put) counts_.lost += tokens;
  key.unspent = static_cast<int64_t>(cells_.held(key.hash, now).unspent);
  none_until(at, key, 0, 0);
}

void LeaseAgent::none_until(size_t at, Key& key, int64_t time, int64_t of) {
  key.none_until = time;
  key.none_of = of;
  board_.none_until(at, time, of);
}

}  // namespace og
