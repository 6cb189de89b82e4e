// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "core/fleet/link.h"

namespace og {

// How many machines share a fleet, as this one last heard. It says that it is there three times in
// its time to live, a little early at random, so that machines that started together do not stay
// together; and more often at first, when others come too. Nobody needs the number while the server
// is there; what a machine may do without it is a share by it.
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class FleetMembers : public FleetCaller {
 public:
  static constexpr int64_t kTimeToLive = 10'000'000'000;  // ns

  // key: of the set, on the server. name: this machine's, another one for each.
  // machines: how many there are taken to be before the server has told.
  FleetMembers(std::string key, std::string name, FleetLink& link, uint64_t seed,
               int64_t machines = 1)
      : key_(std::move(key)),
        name_(std::move(name)),
        link_(link),
        random_(seed),
        machines_(std::max<int64_t>(machines, 1)) {}

  void step(int64_t now);
  // Is asked for at the next batch; the machine is not there any more then.
  void leave(int64_t now);
  int64_t due() const { return beat_at_; }
  // At least 1.
  int64_t machines() const { return machines_; }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

 private:
  void call(int64_t time_to_live_us, int64_t now);

  const std::string key_, name_;
  FleetLink& link_;
  Random random_;
  int64_t beat_at_ = 0;
  int beats_ = 0;
  int64_t machines_;
};

}  // namespace og
