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
      board_.end_rounds(at);
      key.unspent = board_.unspent(at);  // as the agent before this one knew it
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
                         (is_crowded || key.local.is_full(terms_.rate, terms_.machines, now)) &&
                         !has_to_tell(at->first, key, is_crowded, now);
    if (is_idle) board_.free(at->first, key.tag);
    at = is_idle || is_gone ? keys_.erase(at) : std::next(at);
  }
  due_ = keys_.empty() ? kEndOfTime
                       : std::min(later(now, kLookEvery), std::exchange(look_at_, kEndOfTime));
}

// What is spent of it is still to be noticed, or to be told.
bool LeaseAgent::has_to_tell(size_t at, const Key& key, bool is_crowded, int64_t now) {
  if (terms_.mode != LeaseMode::kOptimistic) return false;
  if (cells_.held(key.hash, now).tokens > 0) return true;
  return board_.untold(at) > 0 && !(is_crowded && link_.state() == FleetLink::State::kApart);
}

// What was asked for and spent since the last look.
void LeaseAgent::look(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now) {
  const auto asked = board_.take_asked(at);
  const auto unspent = static_cast<int64_t>(held.unspent);
  const int64_t spent = std::max<int64_t>(key.unspent - unspent, 0);
  const auto wanted = static_cast<int64_t>(asked.tokens);
  const int64_t paid = std::min(spent, key.local_unspent);
  key.local_unspent -= paid;
  key.apart_spent += paid;
  if (spent > paid) {
    key.local.spent(terms_.rate, terms_.machines, spent - paid, now);
    if (terms_.mode == LeaseMode::kOptimistic && key.looked_at >= key.open_until)
      board_.set_untold(at, board_.untold(at) + spent - paid);
  }
  if (wanted > 0 || spent > 0) key.used_at = now;
  key.asked += wanted;
  key.largest = std::max(key.largest, static_cast<int64_t>(asked.largest));
  const auto passed = static_cast<double>(std::max<int64_t>(now - key.looked_at, 1));
  const double weight = passed / (passed + static_cast<double>(terms_.lease_ns));
  key.rate += weight * (static_cast<double>(spent + wanted) / passed - key.rate);
  // What has ended is spent by nobody, and is gone once another grant is in its place.
  const auto left = static_cast<int64_t>(held.tokens);
  set_unspent(at, key, terms_.mode == LeaseMode::kOptimistic ? left : unspent);
  key.looked_at = now;
}

void LeaseAgent::consider(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now) {
  if (key.is_called) return;
  switch (terms_.mode) {
    case LeaseMode::kLeased:
      return consider_leased(at, key, held, now);
    case LeaseMode::kExact:
      return consider_exact(at, key, held, now);
    case LeaseMode::kOptimistic:
      return consider_optimistic(at, key, held, now);
  }
}

int64_t LeaseAgent::ahead_ns() const {
  return 2 * std::max(link_.round_trip_ns(), kLeastAhead) + kLookEvery;
}

// Workers do not wait for what comes without their asking.
bool LeaseAgent::tell_whether_fast(size_t at, Key& key, int64_t now) {
  const bool is_fast =
      slice() > 1 && in_a_lease(key) >= kFast && now - key.used_at <= terms_.lease_ns / 4;
  if (is_fast != key.is_ahead) board_.tell_ahead(at, key.is_ahead = is_fast);
  return is_fast;
}

// Of what was let through apart from the server, what is to be told to it.
int64_t LeaseAgent::owed(Key& key, int64_t now) const {
  return std::min(key.apart_spent, key.local.missing(terms_.rate, terms_.machines, now));
}

// False where the server cannot be asked.
bool LeaseAgent::call(size_t at, const Key& key, FleetLink::Call call, int64_t now) {
  return now >= key.refused_until && link_.call(std::move(call), *this, at, now);
}

// Asks the server for tokens; apart from it, the machine's share.
void LeaseAgent::take(size_t at, Key& key, const GrantCells<>::Held& held, Asked asked,
                      int64_t now) {
  if (keeps_to_share(now)) {
    const bool is_asked = key.asked > 0;
    const int64_t left = share_left(at, key, held, is_asked ? asked.need : 0, now);
    if (left < asked.need) {
      key.asked = 0;
      key.largest = 1;
      return;
    }
    asked.want = std::min(asked.want, left);
  }
  FleetLink::Call call{&kTakeScript,
                       prefix_ + key.name,
                       {-1, terms_.rate.count, terms_.rate.period_us, terms_.rate.burst, asked.need,
                        asked.want, -owed(key, now), asked.share}};
  if (this->call(at, key, std::move(call), now)) {
    ++counts_.calls;
    key.is_called = true;
    key.apart_told = key.apart_spent;
    key.needed = asked.need;
    key.wanted = asked.want;
  } else {
    grant_apart(at, key, asked.need, asked.want, now);
  }
  key.asked = 0;
  key.largest = 1;
}

void LeaseAgent::answered(uint64_t tag, const FleetAnswer& answer, int64_t now) {
  const auto at = static_cast<size_t>(tag);
  const auto found = keys_.find(at);
  if (found == keys_.end()) return;
  found->second.is_called = false;
  end(at, found->second, answer, now);
  if (terms_.mode == LeaseMode::kExact) board_.end_rounds(at);
}

void LeaseAgent::end(size_t at, Key& key, const FleetAnswer& answer, int64_t now) {
  const auto& list = answer.reply.list;
  const bool is_take = terms_.mode != LeaseMode::kOptimistic;
  if (answer.fate != FleetAnswer::Fate::kDone || list.size() < (is_take ? 4U : 3U)) {
    if (answer.fate == FleetAnswer::Fate::kRefused)
      key.refused_until = later(now, FleetLink::kRefusedFor);
    // Calls that wait for an exact limit see that their round has ended, and ask again.
    if (terms_.mode == LeaseMode::kExact) return;
    // The next step asks again, or is apart. Who asked so long ago that there is no answer waits no
    // more.
    const bool is_late = answer.fate == FleetAnswer::Fate::kUnknownFate;
    key.asked = std::max(key.asked, is_late ? std::min<int64_t>(key.wanted, 1) : key.wanted);
    key.largest = std::max(key.largest, is_late ? 1 : key.needed);
    return;
  }
  key.apart_spent -= std::exchange(key.apart_told, 0);
  const auto ns = [](int64_t us) { return us < 0 ? us : std::min(us, kEndOfTime / 1000) * 1000; };
  const int64_t left = list[is_take ? 2 : 0].integer;
  const int64_t wait_ns = ns(list[1].integer), full_ns = ns(list[is_take ? 3 : 2].integer);
  board_.tell_left(at, left, later(now, std::max<int64_t>(full_ns, 0)));
  switch (terms_.mode) {
    case LeaseMode::kLeased:
      return answered_leased(at, key, {list[0].integer, wait_ns, full_ns, answer.sent_at}, now);
    case LeaseMode::kExact:
      return answered_exact(at, key, {list[0].integer, wait_ns, full_ns, answer.sent_at}, now);
    case LeaseMode::kOptimistic:
      return answered_optimistic(at, key, {left, wait_ns, answer.sent_at}, now);
  }
}

// What is left of this machine's share beside what it holds of the server's grants. Who asked for
// `asked` and finds less is told until when.
int64_t LeaseAgent::share_left(size_t at, Key& key, const GrantCells<>::Held& held, int64_t asked,
                               int64_t now) {
  const int64_t granted =
      std::max<int64_t>(static_cast<int64_t>(held.tokens) - key.local_unspent, 0);
  const int64_t left = key.local.left(terms_.rate, terms_.machines, now) - granted;
  if (left >= asked) return left;
  const int64_t wait = key.local.wait(terms_.rate, terms_.machines, asked + granted);
  none_until(at, key, later(now, wait < 0 ? terms_.lease_ns : wait), asked);
  return left;
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
    put(at, key, granted, later(now, life_ns()), now);
    if (terms_.when_apart == WhenApart::kLocal) key.local_unspent = granted;
    if (terms_.when_apart == WhenApart::kOpen) key.open_until = later(now, life_ns());
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
  set_unspent(at, key, static_cast<int64_t>(cells_.held(key.hash, now).unspent));
  none_until(at, key, 0, 0);
}

void LeaseAgent::set_unspent(size_t at, Key& key, int64_t tokens) {
  if (tokens != key.unspent) board_.set_unspent(at, tokens);
  key.unspent = tokens;
}

void LeaseAgent::none_until(size_t at, Key& key, int64_t time, int64_t of) {
  key.none_until = time;
  key.none_of = of;
  board_.none_until(at, time, of);
}

}  // namespace og
