// SPDX-License-Identifier: Apache-2.0
// The script of core/fleet/vote_scripts.h as C++.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace og::test {

struct VoteModel {
  struct Fleet {
    int64_t generation, until, machines, votes, successes, probes, counted;
  };
  struct Machine {
    int64_t ends, generation, vote, successes, probes, until, order;
  };
  bool is_there = false;
  Fleet fleet{};
  std::map<std::string, Machine> machines;
  int64_t keep_ms = 0;
  int64_t opened = 0, closed = 0;  // times

  std::vector<int64_t> votes(const std::vector<int64_t>& a, const std::string& me) {
    const int64_t now = a[0], open = a[1], vote = a[2], permits = a[3], permit = a[4],
                  threshold = a[5], part = a[6], known = a[7], generation = a[8], till = a[9],
                  keep = a[13], left = a[14], want = a[15], order = a[16];
    const auto mine = machines.find(me);
    if (mine != machines.end() && mine->second.ends > now && mine->second.order >= order)
      return {-1};
    if (!is_there) fleet = {0, 0, 0, 0, 0, 0, now};
    is_there = true;
    if (generation > fleet.generation) begin(generation, till);
    fleet.generation = std::max<int64_t>(fleet.generation, 1);
    fleet.until = std::min(fleet.until, now + open);
    if (mine != machines.end()) {
      --fleet.machines;
      add(mine->second, -1);
      machines.erase(mine);
    }
    const bool counts = generation == fleet.generation;
    const int64_t fails = counts ? a[10] : 0, successes = counts ? a[11] : 0;
    const bool failed = counts && a[12] > 0;
    const auto quorum = [&] {
      return std::max<int64_t>(2, (std::max(fleet.machines + 1, known) * part + 99) / 100);
    };
    const int64_t longest = 2 * (vote + permit);
    if (std::abs(now - fleet.counted) * 5 >= vote) count(now, longest);
    if (fleet.until == 0 && fleet.votes + fails >= quorum() && fleet.counted != now)
      count(now, longest);
    const int64_t voted = fleet.votes + fails, next = std::max(fleet.generation + 1, now);
    if ((fleet.until == 0 && voted >= quorum()) || (fleet.until > 0 && failed)) {
      begin(next, now + open);
      ++opened;
    } else if (fleet.until > 0 && fleet.until <= now && fleet.successes + successes >= threshold) {
      begin(next, 0);
      ++closed;
    } else if (counts) {
      fleet.votes += fails;
      fleet.successes += successes;
    }
    Machine is{now + vote, generation, fails, successes, 0, 0, order};
    if (keep > 0) {
      is.probes = keep;
      is.until = now + std::min(left, permit);
    } else if (fleet.until > 0 && fleet.until <= now) {
      is.probes = std::max<int64_t>(std::min(want, permits - fleet.probes), 0);
      if (is.probes > 0) is.until = now + permit;
    }
    is.ends = std::max(is.ends, is.until);
    const int64_t needed = quorum();
    ++fleet.machines;
    fleet.probes += is.probes;
    machines[me] = is;
    keep_ms = (open + vote + permit + 999) / 1000 + 1000;
    return {1,     fleet.generation, fleet.until,    std::max<int64_t>(fleet.until - now, 0),
            voted, needed,           fleet.machines, is.probes};
  }

  std::string text() const {
    return words({fleet.generation, fleet.until, fleet.machines, fleet.votes, fleet.successes,
                  fleet.probes, fleet.counted});
  }
  std::string text(const std::string& name) const {
    const Machine& one = machines.at(name);
    return words(
        {one.ends, one.generation, one.vote, one.successes, one.probes, one.until, one.order});
  }

 private:
  void begin(int64_t generation, int64_t until) {
    fleet.generation = generation;
    fleet.until = until;
    fleet.votes = fleet.successes = 0;
  }
  void add(const Machine& one, int64_t times) {
    fleet.probes += times * one.probes;
    if (one.generation != fleet.generation) return;
    fleet.votes += times * one.vote;
    fleet.successes += times * one.successes;
  }
  void count(int64_t now, int64_t longest) {
    std::erase_if(machines, [&](const auto& one) {
      return one.second.ends <= now || one.second.ends > now + longest;
    });
    fleet.machines = static_cast<int64_t>(machines.size());
    fleet.votes = fleet.successes = fleet.probes = 0;
    fleet.counted = now;
    for (auto& [name, one] : machines) {
      if (one.probes > 0 && one.until <= now) one.probes = one.until = 0;
      add(one, 1);
    }
  }
  static std::string words(const std::vector<int64_t>& numbers) {
    std::string text = "1";
    for (int64_t number : numbers) text += " " + std::to_string(number);
    return text;
  }
};

}  // namespace og::test
