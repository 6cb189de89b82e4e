// SPDX-License-Identifier: Apache-2.0
// The script of core/fleet/member_scripts.h as C++.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace og::test {

struct MemberModel {
  std::map<std::string, int64_t> ends;

  std::vector<int64_t> beat(const std::vector<int64_t>& a, const std::string& name) {
    std::erase_if(ends, [&](const auto& member) { return member.second <= a[0]; });
    if (a[1] > 0)
      ends[name] = a[0] + a[1];
    else
      ends.erase(name);
    return {static_cast<int64_t>(ends.size())};
  }
};

}  // namespace og::test
