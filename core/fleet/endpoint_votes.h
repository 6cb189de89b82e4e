// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/fleet/link.h"

namespace og {

// Which endpoints of a set the machines of a fleet find unhealthy, as one machine of it has them.
//
// Each machine judges by its own calls, and that holds on it whatever others say. It votes for the
// endpoints that it finds unhealthy. Where a quorum votes for one, the machines that find it
// healthy hold it for unhealthy too (judged()). The quorum is 2 machines, or 30 % of them where
// that is more. So a machine whose own cable is bad, and that finds all of them unhealthy, marks
// nothing on others. What others say never takes more than half of a set's weight. Machines count
// that have asked within vote_ns, those without votes too.
//
// A machine that cannot ask the server goes by what it last heard for three polls, and then by
// itself alone.
//
// A server that began anew, where most of the machines had ended, or that is behind what it said
// before, is told by each machine what that one votes for, within poll_ns and a pause. For two
// polls machines stay with what they heard before; one that is new hears nothing of others till
// then. What a machine goes by is never older than five polls, even where a server begins anew
// again and again. The quorum stays for three polls with as many machines as there were. That a
// server is behind it is told by the first machine that has heard more. Where something new is told
// to it before that, it lacks for up to poll_ns and a pause what came last.
//
// Times, where messages arrive. A vote is told at once, or kPause after the last call. Each machine
// hears of it within poll_ns and a round trip. Votes of a machine that died are counted for vote_ns
// and a fifth of it after its last call, and where a clock stepped back for as long again.
//
// Costs. A call in poll_ns, which costs the same for any number of endpoints when nothing is new,
// and one for each change of what the machine votes for: never more than 10 a second. A machine
// votes for no more than `most` endpoints, the first by name; so those that find the same ones
// unhealthy vote for the same ones. An answer has no more than `most` either, those with most votes
// first. A name is its own length, or up to three times that where it is not printable ASCII: 256
// of 20 bytes are 5 KB told, and 6 KB heard. Votes that nobody shares are told to nobody.
//
// A machine that starts anew without its segment has another name: its old votes count beside its
// own until they end.
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class EndpointVotes : public FleetCaller {
 public:
  static constexpr int64_t kPause = 100'000'000;  // ns between two calls, at least

  struct Terms {
    int64_t poll_ns = 1'000'000'000;
    int64_t vote_ns = 10'000'000'000;  // that a machine's votes hold: several polls
    size_t most = 256;                 // endpoints
  };

  // key: of the set's votes, on the server. machine: its name there. epoch: greater with each agent
  // of the machine. seed: of when it polls. now: for an agent that has had one of this key before;
  // else 0.
  EndpointVotes(const Terms& terms, std::string key, const std::string& machine, FleetLink& link,
                int64_t epoch, uint64_t seed, int64_t now = 0);

  // How the machine's own calls find an endpoint. Healthy is what is never said, and what an
  // endpoint is to be said to be that left the set. An agent that takes over says all that is
  // unhealthy before its first step.
  void own(const std::string& name, bool is_unhealthy);

  void step(int64_t now);
  int64_t due() const;

  // Of each endpoint with more than one vote, how many machines vote for it, this one too; as of
  // the last step or answer.
  const std::map<std::string, int64_t>& votes() const { return votes_; }
  // That may vote; at least 1.
  int64_t machines() const { return machines_; }

  // How many votes it takes. part: %.
  static int64_t quorum(int64_t machines, int64_t part) {
    const int64_t needed = (machines * part + 99) / 100;
    return needed > 2 ? needed : 2;
  }
  // Which endpoints are to be held for unhealthy on the word of a quorum: those with most votes
  // first, those of as many by name, as long as they have no more than half of `total`. One that
  // does not fit is left out, and smaller ones behind it are not. weights: of those in the set, or
  // of those of them that are in `votes`; not negative. total: of all in the set.
  static std::set<std::string> judged(const std::map<std::string, int64_t>& votes, int64_t machines,
                                      const std::map<std::string, int64_t>& weights, int64_t total,
                                      int64_t part);

  struct Counts {
    int64_t calls = 0;
    int64_t told = 0;   // times that it said what it votes for
    int64_t heard = 0;  // times that the votes were others than before
  };
  const Counts& counts() const { return counts_; }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

 private:
  bool has_news() const { return is_touched_ || names_ != told_names_ || server_has_ != told_; }
  std::string names() const;
  void call(int64_t now);
  void read(std::string_view text);

  const Terms terms_;
  const std::string key_, machine_;
  FleetLink& link_;
  Random random_;

  std::set<std::string> own_;
  bool is_touched_ = false;  // since names_ was written
  std::string names_;        // of own_, as they are told
  std::string told_names_;   // the last that were told
  int64_t order_;
  int64_t told_ = 0;        // the command that told them
  int64_t server_has_ = 0;  // the one that the server says that told it

  std::map<std::string, int64_t> votes_;
  int64_t version_ = 0;      // of them
  int64_t holds_until_ = 0;  // while there are some
  int64_t taken_at_ = 0;     // when they were asked for
  int64_t machines_ = 1, machines_at_ = 0;

  bool is_called_ = false;
  int64_t poll_at_ = 0, retry_at_ = 0;
  Counts counts_;
};

}  // namespace og
