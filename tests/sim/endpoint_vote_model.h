// SPDX-License-Identifier: Apache-2.0
// The script of core/fleet/endpoint_vote_scripts.h as C++. It counts anew with each command.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/fleet/reply.h"

namespace og::test {

struct EndpointVoteModel {
  struct Machine {
    int64_t ends = 0, order = 0, told = 0;
    std::vector<std::string> names = {};
  };
  bool is_there = false;
  int64_t born = 0, version = 0, counted = 0, keep_ms = 0;
  std::map<std::string, Machine> machines;
  std::vector<std::string> voted;  // all that are, the first that was told of first
  int64_t runs = 0, late = 0, tallies = 0, cut = 0, begun_anew = 0, behind = 0;

  FleetReply run(const std::vector<int64_t>& a, const std::string& text) {
    const int64_t now = a[0], vote = a[1], most = a[2], has = a[3], tells = a[4], order = a[5];
    std::istringstream rest(text);
    std::string me;
    rest >> me;
    const auto mine = machines.find(me);
    if (mine != machines.end() && mine->second.ends > now && mine->second.order >= order) {
      ++late;
      return FleetReply::list_of({-1});
    }
    if (!is_there) born = counted = now;
    is_there = true;
    const auto before = counts();
    if (std::abs(now - counted) * 5 >= vote) drop_ended(me, now, vote);
    born = has > version ? now : std::min(born, now);
    behind += has > version;
    Machine& is = machines[me];
    is.ends = now + vote;
    is.order = order;
    if (tells) {
      is.told = order;
      is.names.clear();
      for (std::string name; rest >> name;) {
        is.names.push_back(name);
        if (std::find(voted.begin(), voted.end(), name) == voted.end()) voted.push_back(name);
      }
    }
    const auto after = counts();
    std::erase_if(voted, [&](const std::string& name) { return !after.count(name); });
    if (heard_by_all(before) != heard_by_all(after)) version = std::max(version + 1, now);
    keep_ms = (vote + 499) / 500 + 1000;
    FleetReply reply = FleetReply::list_of(
        {1, now - born, version, static_cast<int64_t>(machines.size()), is.told});
    ++runs;
    if (version != has) {
      reply.list.push_back(FleetReply::text_of(list(after, most)));
      ++tallies;
    }
    return reply;
  }
  std::string head() const {
    return line({born, version, static_cast<int64_t>(machines.size()), counted});
  }
  std::string word(const std::string& name) const {
    const Machine& one = machines.at(name);
    return line({one.ends, one.order, one.told});
  }
  std::string names(const std::string& name) const {
    std::string all;
    for (const std::string& each : machines.at(name).names) all += (all.empty() ? "" : " ") + each;
    return all;
  }
  std::string tally() const {
    const auto all = counts();
    std::string text;
    for (const std::string& name : voted)
      text += (text.empty() ? "" : " ") + name + ' ' + std::to_string(all.at(name));
    return text;
  }
  size_t fields() const {
    return is_there + !voted.empty() + machines.size() +
           static_cast<size_t>(std::count_if(machines.begin(), machines.end(), [](const auto& one) {
             return !one.second.names.empty();
           }));
  }

 private:
  using Counted = std::map<std::string, int64_t>;
  Counted counts() const {
    Counted all;
    for (const auto& [machine, one] : machines) {
      for (const std::string& name : one.names) ++all[name];
    }
    return all;
  }
  static Counted heard_by_all(Counted counted) {
    std::erase_if(counted, [](const auto& one) { return one.second < 2; });
    return counted;
  }
  void drop_ended(const std::string& me, int64_t now, int64_t vote) {
    counted = now;
    const size_t all = machines.size();
    const size_t gone = std::erase_if(machines, [&](const auto& one) {
      return one.first != me && (one.second.ends <= now || one.second.ends > now + 2 * vote);
    });
    if (2 * gone <= all) return;
    born = now;
    ++begun_anew;
  }
  std::string list(const Counted& all, int64_t most) {
    std::vector<std::string> names;
    for (const std::string& name : voted) {
      if (all.at(name) > 1) names.push_back(name);
    }
    if (static_cast<int64_t>(names.size()) > most) {
      std::stable_sort(names.begin(), names.end(), [&](const auto& one, const auto& other) {
        return all.at(one) > all.at(other);
      });
      names.resize(static_cast<size_t>(most));
      ++cut;
    }
    std::string text;
    for (const std::string& name : names)
      text += (text.empty() ? "" : " ") + name + ' ' + std::to_string(all.at(name));
    return text;
  }
  static std::string line(const std::vector<int64_t>& numbers) {
    std::string text = "1";
    for (int64_t number : numbers) text += " " + std::to_string(number);
    return text;
  }
};

}  // namespace og::test
