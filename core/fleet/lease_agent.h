// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/base/time.h"
#include "core/fleet/ask_board.h"
#include "core/fleet/grant_cells.h"
#include "core/fleet/link.h"
#include "core/fleet/local_share.h"

namespace og {

// What becomes of a key while the server cannot be asked.
enum class WhenApart {
  kLocal,  // the machine's share of the rate and the burst, by the fleet as it last was
  kOpen,   // more than it can spend
  kClosed  // nothing
};

// How a limit of a fleet is kept.
enum class LeaseMode {
  kLeased,     // tokens are taken ahead
  kExact,      // each call's are taken when it asks
  kOptimistic  // they are spent first and told later
};

// Brings a machine tokens of a limit that its fleet shares.
//
// kLeased (lease_leased.cpp). A worker that finds too few in the key's cell (GrantCells) asks for
// more (AskBoard). The agent takes them from the key's bucket on the server, and puts them into the
// cell for lease_ns, counted from when the command was taken by the driver. It takes as many as the
// key spends in a lease, at most `slice`, and no more than `share` of what the bucket has, so that
// the last tokens are not all one machine's. While a key is spent fast it asks ahead: before what
// is left would be spent in two round trips, or ends. What was asked ahead and is not spent is
// lost, so it does so only where a slice is more than one token. Where the bucket has fewer than it
// wants, it asks a tenth of a lease later at the earliest, or when half of the bucket is there; the
// workers are told until when.
//
// The bound. Tokens leave the bucket when they are granted, and are spent within lease_ns of that,
// or never. So in any time W all machines H together spend no more than
//
//   burst + rate * W + min(rate * lease, H * slice)
//
// where slice counts as the largest cost, if that is more. It does not grow with machines that are
// idle, nor with workers. A reply that is lost, late or twice spends nothing more: a grant that
// does not arrive is lost, one that arrives late has ended. What a server forgets that fails over
// is at most a burst each time.
//
// kExact (lease_exact.cpp). Nothing is taken ahead. What calls ask for while a command of the key
// is on its way is asked for by the next, so that there is one at a time, and none of them is
// refused but by what the server said: it has none until then. A grant lives no longer than a call
// may wait, from when it was asked for, so
//
//   burst + rate * (W + timeout)
//
// kOptimistic (lease_optimistic.cpp). A machine has an allowance of slice. What it spends of it is
// told to the server once it is half of it, or every 50 ms; the server debits it, be it there or
// not. The answer fills the allowance up, less what is not told yet, or stops it until there is a
// token. So when the bucket becomes empty, each machine can spend no more than an allowance:
//
//   burst + rate * W + H * slice
//
// and what was too much is not given again: over a long time it is the rate. What was told and not
// answered is told again, so that a lost reply costs tokens and grants none. What is not told yet
// lies on the board for the next agent. A refill that an agent dies in is forgotten: a slice more.
//
// Apart from the server, or where the server refuses it (FleetLink::kRefusedFor), a key gets what
// WhenApart says, in grants like the server's. With kLocal it keeps to its share until the other
// machines are back too (FleetLink::is_back), and tells the server then, with its first take, what
// it let through and was not refilled since. An outage adds no more than the machines' shares of a
// burst, as far as they were full when it began, and
//
//   min(burst, rate * longest pause)
//
// which the server was refilled while some were back and others apart; where they know how many
// they are. A machine whose agent dies in it has its share of the burst once more.
//
// Sources: Envoy's rate limit quota service (assignments that end), Doorman (leases and safe
// capacity), bucket4j and Databricks (batches taken ahead).
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class LeaseAgent : public FleetCaller {
 public:
  struct Terms {
    FleetRate rate;
    LeaseMode mode = LeaseMode::kLeased;
    int64_t lease_ns = 500'000'000;
    int64_t slice = 0;   // 0: usual_slice()
    int64_t share = 50;  // %
    int64_t machines = 1;
    WhenApart when_apart = WhenApart::kLocal;
  };
  // A tenth of the burst, or what the rate gives in 50 ms: so that one machine can spend all of it
  // in 20 round trips a second.
  static int64_t usual_slice(const FleetRate& rate) {
    const auto in_a_while = static_cast<int64_t>(static_cast<__int128>(rate.count) * 50'000 /
                                                 std::max<int64_t>(rate.period_us, 1));
    return std::max<int64_t>({rate.burst / 10, std::min(in_a_while, rate.burst), 1});
  }
  using IsAlive = std::function<bool(uint64_t owner)>;

  // key_prefix: before each key, on the server.
  LeaseAgent(const Terms& terms, std::string key_prefix, GrantCells<>& cells, AskBoard<>& board,
             FleetLink& link, IsAlive is_alive);

  // Looks at what was asked for and spent, and makes the calls that are due.
  void step(int64_t now);
  // When step() is to be called again at the latest; at once where the board has new asks.
  int64_t due() const { return due_; }
  void set_terms(const Terms& terms) {
    const int64_t machines = terms_.machines;
    terms_ = terms;
    terms_.machines = machines;
  }
  // Of which the fleet is, as far as this machine knows.
  void set_machines(int64_t machines) { terms_.machines = std::max<int64_t>(machines, 1); }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

  struct Counts {
    int64_t granted = 0;  // tokens that the server granted
    int64_t lost = 0;     // of those, that came too late
    int64_t apart = 0;    // tokens that were granted without the server
    int64_t calls = 0;
  };
  const Counts& counts() const { return counts_; }
  size_t keys() const { return keys_.size(); }

 private:
  struct Key {
    uint64_t tag = 0;   // on the board
    uint64_t hash = 0;  // in the cells
    std::string name;
    int64_t looked_at = 0;
    int64_t used_at = 0;  // when it was last asked for or spent
    int64_t unspent = 0;  // as of looked_at
    int64_t asked = 0;    // since the last call
    int64_t largest = 1;  // of those
    double rate = 0;      // tokens an ns, a moving average
    int64_t none_until = 0;
    int64_t none_of = 0;
    int64_t not_before = 0;     // the next call
    int64_t refused_until = 0;  // by the server: until then it is apart from it
    bool is_called = false;
    bool is_ahead = false;           // as the board says
    int64_t needed = 0, wanted = 0;  // by that call
    LocalShare local;
    int64_t local_unspent = 0;  // of what it has granted
    int64_t open_until = 0;     // what is spent till then is of a grant without a limit: no debt
    int64_t apart_spent = 0;    // of that, of which the server does not know
    int64_t apart_told = 0;     // of that, by the last call
    int64_t told = 0;           // of what is untold, by the last call
    int64_t told_at = 0;
  };

  struct Asked {
    int64_t need, want, share;
  };
  // What a script answered: the bucket's tokens that were taken; ns until those that were needed
  // are there, -1: never; ns until it is full.
  struct Taken {
    int64_t tokens, wait_ns, full_ns, sent_at;
  };
  struct Spent {
    int64_t left, wait_ns, sent_at;
  };

  int64_t slice() const { return terms_.slice > 0 ? terms_.slice : usual_slice(terms_.rate); }
  int64_t pause_ns() const;
  bool keeps_to_share(int64_t now) const {
    return terms_.when_apart == WhenApart::kLocal && link_.is_back(now);
  }
  int64_t share_left(size_t at, Key& key, const GrantCells<>::Held& held, int64_t asked,
                     int64_t now);
  void look(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now);
  void consider(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now);
  void consider_leased(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now);
  void consider_exact(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now);
  void consider_optimistic(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now);
  void end(size_t at, Key& key, const FleetAnswer& answer, int64_t now);
  void answered_leased(size_t at, Key& key, const Taken& taken, int64_t now);
  void answered_exact(size_t at, Key& key, const Taken& taken, int64_t now);
  void answered_optimistic(size_t at, Key& key, const Spent& spent, int64_t now);
  void take(size_t at, Key& key, const GrantCells<>::Held& held, Asked asked, int64_t now);
  bool call(size_t at, const Key& key, FleetLink::Call call, int64_t now);
  int64_t owed(Key& key, int64_t now) const;
  int64_t ahead_ns() const;  // how long before it is needed a token is to be asked for
  bool tell_whether_fast(size_t at, Key& key, int64_t now);
  bool has_to_tell(size_t at, const Key& key, bool is_crowded, int64_t now);
  int64_t next_token_ns(const Taken& taken) const;
  int64_t allowance(const Key& key) const { return std::max(slice(), key.largest); }
  int64_t in_a_lease(const Key& key) const {
    return static_cast<int64_t>(key.rate * static_cast<double>(terms_.lease_ns) + 0.5);
  }
  // Of a grant.
  int64_t life_ns() const {
    return terms_.mode == LeaseMode::kExact ? link_.timeout_ns() : terms_.lease_ns;
  }
  void grant_apart(size_t at, Key& key, int64_t need, int64_t want, int64_t now);
  void put(size_t at, Key& key, int64_t tokens, int64_t ends_at, int64_t now);
  void set_unspent(size_t at, Key& key, int64_t tokens);
  void none_until(size_t at, Key& key, int64_t time, int64_t of);

  Terms terms_;
  const std::string prefix_;
  GrantCells<>& cells_;
  AskBoard<>& board_;
  FleetLink& link_;
  const IsAlive is_alive_;
  std::map<size_t, Key> keys_;  // by slot
  int64_t due_ = 0;
  int64_t look_at_ = kEndOfTime;  // where that is before the next usual look
  int64_t sweep_at_ = 0;
  Counts counts_;
};

}  // namespace og
