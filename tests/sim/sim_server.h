// SPDX-License-Identifier: Apache-2.0
// A server that runs the fleet's scripts, with faults by order. Its time is given.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/fleet/bucket_scripts.h"
#include "core/fleet/endpoint_scripts.h"
#include "core/fleet/endpoint_vote_scripts.h"
#include "core/fleet/member_scripts.h"
#include "core/fleet/reply.h"
#include "core/fleet/slot_scripts.h"
#include "core/fleet/vote_scripts.h"
#include "tests/sim/bucket_model.h"
#include "tests/sim/endpoint_model.h"
#include "tests/sim/endpoint_vote_model.h"
#include "tests/sim/member_model.h"
#include "tests/sim/slot_model.h"
#include "tests/sim/vote_model.h"

namespace og::test {

class SimServer {
 public:
  std::string error;  // answered to all but INFO, and nothing done: "OOM ...", "READONLY ..."
  std::string info_error;
  std::string role = "master";
  std::string eviction = "noeviction";
  bool is_loading = false;
  int64_t clock_ns = 0;  // how far its clock is ahead
  int64_t starts = 1;

  // now: ns.
  FleetReply run(const std::vector<std::string>& words, int64_t now) {
    if (words[0] == "INFO") return info_error.empty() ? info() : FleetReply::error_of(info_error);
    if (!error.empty()) {
      ++refusals;
      return FleetReply::error_of(error);
    }
    ++runs;
    const bool has_text = words[0] == "EVAL";
    const FleetScript* script = nullptr;
    for (const FleetScript* known : {&kTakeScript, &kSpentScript, &kBeatScript, &kSlotsScript,
                                     &kVotesScript, &kEndpointsScript, &kEndpointVotesScript}) {
      if (words[1] == (has_text ? known->text : known->sha)) script = known;
    }
    if (!script) return FleetReply::error_of("ERR a script that the simulation does not know");
    if (has_text)
      texts_.insert(script);
    else if (!texts_.count(script))
      return FleetReply::error_of("NOSCRIPT No matching script. Please use EVAL.");
    std::vector<int64_t> numbers;
    const bool has_name = script != &kTakeScript && script != &kSpentScript;
    const size_t end = words.size() - has_name;
    for (size_t i = 4; i < end; ++i) numbers.push_back(std::stoll(words[i]));
    if (numbers[0] < 0) numbers[0] = (kEpoch + now + clock_ns) / 1000;
    if (script == &kBeatScript)
      return FleetReply::list_of(members_[words[3]].beat(numbers, words.back()));
    if (script == &kSlotsScript)
      return FleetReply::list_of(slots_[words[3]].slots(numbers, words.back()));
    if (script == &kVotesScript)
      return FleetReply::list_of(votes_[words[3]].votes(numbers, words.back()));
    if (script == &kEndpointsScript) return endpoints_[words[3]].run(numbers, words.back());
    if (script == &kEndpointVotesScript)
      return endpoint_votes_[words[3]].run(numbers, words.back());
    BucketModel& bucket = buckets_[words[3]];
    return FleetReply::list_of(script == &kTakeScript ? bucket.take(numbers)
                                                      : bucket.spent(numbers));
  }

  // A replica that is behind takes over: what happened since the copy is lost.
  struct Copy {
    std::map<std::string, BucketModel> buckets;
    std::map<std::string, VoteModel> votes;
    std::map<std::string, EndpointModel> endpoints;
    std::map<std::string, EndpointVoteModel> endpoint_votes;
  };
  Copy copy() const { return {buckets_, votes_, endpoints_, endpoint_votes_}; }
  void fail_over(Copy copy) {
    buckets_ = std::move(copy.buckets);
    votes_ = std::move(copy.votes);
    endpoints_ = std::move(copy.endpoints);
    endpoint_votes_ = std::move(copy.endpoint_votes);
    ++starts;
  }
  void flush() {
    buckets_.clear();
    members_.clear();
    slots_.clear();
    votes_.clear();
    endpoints_.clear();
    endpoint_votes_.clear();
  }
  const VoteModel& votes(const std::string& key) { return votes_[key]; }
  EndpointModel& endpoints(const std::string& key) { return endpoints_[key]; }
  EndpointVoteModel& endpoint_votes(const std::string& key) { return endpoint_votes_[key]; }
  void forget_scripts() { texts_.clear(); }

  int64_t runs = 0, refusals = 0;

 private:
  static constexpr int64_t kEpoch = 1'700'000'000'000'000'000;

  FleetReply info() const {
    return FleetReply::text_of(
        "# Server\r\nredis_version:7.0.15\r\nrun_id:" + std::to_string(starts) +
        "\r\nloading:" + (is_loading ? "1" : "0") +
        "\r\nmaxmemory:1000\r\nmaxmemory_policy:" + eviction + "\r\nrole:" + role + "\r\n");
  }

  std::map<std::string, BucketModel> buckets_;
  std::map<std::string, MemberModel> members_;
  std::map<std::string, SlotModel> slots_;
  std::map<std::string, VoteModel> votes_;
  std::map<std::string, EndpointModel> endpoints_;
  std::map<std::string, EndpointVoteModel> endpoint_votes_;
  std::set<const FleetScript*> texts_;
};

}  // namespace og::test
