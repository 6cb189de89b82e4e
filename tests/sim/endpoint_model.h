// SPDX-License-Identifier: Apache-2.0
// The script of core/fleet/endpoint_scripts.h as C++.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/fleet/endpoint_word.h"
#include "core/fleet/reply.h"

namespace og::test {

struct EndpointModel {
  struct Word {
    int64_t weight = -1, stamp = -1, version = 0;
    std::string zone;
  };
  int64_t born = 0, version = 0;
  std::map<std::string, Word> words;  // of the removed too
  int64_t changes = 0, told = 0;      // made, and words in answers

  FleetReply run(const std::vector<int64_t>& a, const std::string& news) {
    const int64_t now = a[0], since = a[1], most = a[2], keep = a[3];
    drop(now - keep);
    std::vector<std::string> standing;
    std::istringstream each(news);
    Word word;
    for (std::string name; each >> name >> word.weight >> word.stamp >> word.zone;) {
      const auto found = words.find(name);
      if (found != words.end() && std::pair(found->second.stamp, found->second.weight) >=
                                      std::pair(word.stamp, word.weight)) {
        standing.push_back(text(name));
        continue;
      }
      if (born == 0) born = now;
      version = std::max(version + 1, now);
      word.version = version;
      words[name] = word;
      ++changes;
    }
    std::map<int64_t, std::string> later;
    for (const auto& [name, one] : words) {
      if (one.version > since) later[one.version] = name;
    }
    int64_t reached = version;
    std::vector<std::string> list;
    for (const auto& [at, name] : later) {
      list.push_back(text(name));
      if (static_cast<int64_t>(list.size()) < most) continue;
      reached = at;
      break;
    }
    FleetReply reply = FleetReply::list_of({now, born, version, reached, sum(), count()});
    for (auto* texts : {&standing, &list}) {
      for (std::string& one : *texts) reply.list.push_back(FleetReply::text_of(std::move(one)));
    }
    told += static_cast<int64_t>(reply.list.size()) - 6;
    return reply;
  }
  int64_t count() const {
    return std::count_if(words.begin(), words.end(),
                         [](const auto& one) { return one.second.weight >= 0; });
  }
  int64_t sum() const {
    uint64_t all = 0;
    for (const auto& [name, one] : words) {
      if (one.weight >= 0) all += endpoint_sum(text(name));
    }
    return static_cast<int64_t>(all % kEndpointSums);
  }
  std::string text(const std::string& name) const {
    const Word& one = words.at(name);
    return name + ' ' + std::to_string(one.weight) + ' ' + std::to_string(one.stamp) + ' ' +
           one.zone;
  }

 private:
  // Of those removed by then, 16: the last removed first, those of one time by name.
  void drop(int64_t then) {
    std::vector<std::pair<int64_t, std::string>> gone;
    for (const auto& [name, one] : words) {
      if (one.weight < 0 && one.stamp <= then) gone.emplace_back(-one.stamp, name);
    }
    std::sort(gone.begin(), gone.end());
    if (gone.size() > 16) gone.resize(16);
    for (const auto& [stamp, name] : gone) words.erase(name);
  }
};

}  // namespace og::test
