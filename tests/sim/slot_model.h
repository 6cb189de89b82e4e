// SPDX-License-Identifier: Apache-2.0
// The script of core/fleet/slot_scripts.h as C++.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace og::test {

struct SlotModel {
  struct Holder {
    int64_t slots, ends, unmet, order;
  };
  std::map<std::string, Holder> holders;

  std::vector<int64_t> slots(const std::vector<int64_t>& a, const std::string& me) {
    const int64_t now = a[0], limit = a[1], lease = a[2], floor = a[3], want = a[4], order = a[5];
    const auto mine = holders.find(me);
    if (mine != holders.end() && mine->second.order >= order) return {-1, 0, 0, 0};
    int64_t others = 0, claimants = 1, unmet = 0;
    std::erase_if(holders,
                  [&](const auto& one) { return one.first != me && one.second.ends <= now; });
    for (const auto& [name, holder] : holders) {
      if (name == me) continue;
      others += holder.slots;
      unmet += holder.unmet;
      claimants += holder.slots + holder.unmet > 0;
    }
    const int64_t held = std::max({floor, std::min(want, limit - others), int64_t{0}});
    holders[me] = {held, now + lease, std::max<int64_t>(want - held, 0), order};
    return {held, limit - others - held, claimants, unmet};
  }
  std::string text(const std::string& name) const {
    const Holder& holder = holders.at(name);
    return "1 " + std::to_string(holder.slots) + " " + std::to_string(holder.ends) + " " +
           std::to_string(holder.unmet) + " " + std::to_string(holder.order);
  }
};

}  // namespace og::test
