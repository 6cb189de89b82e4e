// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

namespace og::cli {

/*
 * Calls whose modelled time is not over yet, with the tickets that count them. The replay is ahead
 * of a call's end when it feeds the call, so it waits here until the log's time has come to its
 * end. No more than there are tickets, so the memory is bounded.
 */
class InFlight {
 public:
  struct Call {
    int64_t until_ns;
    int64_t ticket;
    int64_t latency_ns;
    bool success;
    bool operator<(const Call& other) const {
      return until_ns > other.until_ns;
    }  // earliest on top
  };

  void add(const Call& call) { calls_.push(call); }

  // release(const Call&) for each that is over, in the order of their ends.
  template <class Release>
  void end_until(int64_t now_ns, Release release) {
    for (; !calls_.empty() && calls_.top().until_ns <= now_ns; calls_.pop()) release(calls_.top());
  }

 private:
  std::priority_queue<Call> calls_;
};

}  // namespace og::cli
