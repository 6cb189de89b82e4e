// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/fleet/reply.h"
#include "core/fleet/script.h"
#include "core/fleet/server_facts.h"

namespace og {

// How the call of a script ended.
struct FleetAnswer {
  enum class Fate {
    kDone,        // `reply` is what the script answered
    kRefused,     // the script answered with an error, and changed nothing
    kNotSent,     // the server was never asked
    kUnknownFate  // it was asked and did not answer in time: it may have done it, or do it yet
  };
  Fate fate = Fate::kNotSent;
  FleetReply reply = {};
  int64_t sent_at = 0;  // when the driver took the command; a grant counts from then
};

// Who calls a script.
class FleetCaller {
 public:
  virtual ~FleetCaller() = default;
  // Each call ends so exactly once. Must not call the link.
  virtual void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) = 0;
};

// What a machine says to the server of its fleet, and what it knows of it: without a socket. A
// driver takes the commands that are due, has the program's own client run them, in order, as one
// pipeline, and hands over the replies, in any order, or that the client failed. Time is given.
//
// Calls. A script is called by its SHA-1; where the server does not know it, that one call is made
// again with the script's text. A call ends when its time is over, answered or not. None is
// repeated: one without an answer may have been done.
//
// State.
//
//   kNew -> kAsking    the first take(): INFO is asked
//   kAsking -> kUp     its reply: a primary that has loaded its data
//   any -> kApart      the client failed; a command had no reply in time, nor any later one; the
//                      server cannot serve (LOADING, READONLY, OOM, NOREPLICAS, MISCONF, NOAUTH
//                      ...)
//   kApart -> kAsking  after a pause: the n-th since a script was answered is random up to
//                      least_pause * 2^n, and up to 2 ms a machine of the fleet, at least 250 ms
//                      and at most longest_pause (full jitter: Brooker, Exponential Backoff And
//                      Jitter, 2015); or at once, when a late reply comes
//
// So after an outage all machines are back within the longest pause of the first. For as long each
// of them is told that others may still be apart (is_back).
//
// While it is apart, and asks whether it still is, a call is refused at once: what a machine does
// without its fleet is the caller's to say. Until it has been up for the first time calls wait, no
// longer than their time.
//
// Not safe from several threads: one agent of a machine has it.
class FleetLink {
 public:
  struct Settings {
    int64_t timeout_ns = 50'000'000;  // of a call, from when it is made to its reply
    int64_t least_pause_ns = 50'000'000;
    int64_t longest_pause_ns = 2'000'000'000;
    size_t batch = 128;       // commands in a pipeline
    size_t in_flight = 1024;  // commands without a reply, before more are sent
    uint64_t seed = 0;        // of the pauses
  };
  enum class State { kNew, kAsking, kUp, kApart };
  // ns: where a script refuses a key, whose state is of another kind or release, the server cannot
  // be asked for that key. Its caller does what it does apart, and asks again after so long.
  static constexpr int64_t kRefusedFor = 100'000'000;

  struct Call {
    const FleetScript* script = nullptr;
    std::string key;
    std::vector<int64_t> numbers;
    std::string text = {};  // an argument behind the numbers, where the script has one
  };
  struct Command {
    int64_t id;  // to hand its reply over by; not 0
    std::vector<std::string> words;
  };

  explicit FleetLink(const Settings& settings) : settings_(settings), random_(settings.seed) {}

  // False while it is apart, and asks whether it still is: then a call is not made.
  bool takes_calls() const {
    return state_ != State::kApart && (state_ != State::kAsking || pauses_ == 0);
  }
  // False where it takes none: the call is not made, and does not end.
  bool call(Call call, FleetCaller& caller, uint64_t tag, int64_t now);

  // Its calls do not end any more: what may be done of them is nobody's.
  void forget(const FleetCaller& caller);
  // Ends what had no reply in time.
  void step(int64_t now);
  // What the driver is to send; nothing where nothing is due. Begins with a step.
  std::vector<Command> take(int64_t now);
  // When take() is to be called again at the latest; at once where a call was made since.
  int64_t due() const;
  // What came back. One for an id that has ended says that the server lives, and nothing else.
  void reply(int64_t id, FleetReply reply, int64_t now);
  // The client has failed: what was sent may have been done. `why` is shown, so it must not hold
  // an address or a password.
  void broken(std::string_view why, int64_t now);

  // How many machines there are, as far as this one knows: 1 before.
  void set_machines(int64_t machines) { machines_ = machines; }
  // Up again, and others may still be apart.
  bool is_back(int64_t now) const { return state_ == State::kUp && now < back_until_; }
  int64_t longest_pause_ns() const;
  int64_t timeout_ns() const { return settings_.timeout_ns; }

  State state() const { return state_; }
  const std::string& why_apart() const { return why_apart_; }
  const ServerFacts& server() const { return server_; }
  int64_t round_trip_ns() const { return round_trip_ns_; }  // a moving average; 0 before the first

  struct Counts {
    int64_t sent = 0, answered = 0, refused = 0, not_sent = 0, unknown = 0;
    int64_t late = 0;     // replies for what had ended
    int64_t parted = 0;   // times that it went apart
    int64_t texts = 0;    // scripts sent whole, as the server did not know them
    int64_t servers = 0;  // times that another server, or one started anew, answered
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Waiting {
    Call call;
    FleetCaller* caller;
    uint64_t tag;
    int64_t ends_at;
    bool with_text;
  };
  struct Sent {
    Waiting waiting;  // without a caller: INFO
    int64_t at;
  };

  Command info(int64_t now);
  Command command(Waiting waiting, int64_t now);
  void part(std::string why, int64_t now);
  void learned(const FleetReply& reply, int64_t now);
  void timed(int64_t taken_ns);
  void end(const Waiting& waiting, FleetAnswer answer, int64_t now);

  const Settings settings_;
  Random random_;
  State state_ = State::kNew;
  std::string why_apart_;
  int64_t ask_at_ = 0;  // while apart
  int pauses_ = 0;      // since a script was answered
  int64_t back_until_ = 0;
  int64_t machines_ = 1;
  int64_t heard_at_ = -1;
  int64_t last_id_ = 0;
  int64_t round_trip_ns_ = 0;
  std::deque<Waiting> waiting_;
  std::map<int64_t, Sent> sent_;  // by id, which is by time
  ServerFacts server_;
  Counts counts_;
};

}  // namespace og
