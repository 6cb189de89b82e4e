// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/slot_scripts.h"

namespace og {

constinit const FleetScript kSlotsScript{
    "slots",
    R"(local now, limit, lease, floor, want, order, me = tonumber(ARGV[1]), tonumber(ARGV[2]),
  tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local mine = redis.call('HGET', KEYS[1], me)
if mine and tonumber(string.match(mine, '(%d+)$')) >= order then return {-1, 0, 0, 0} end
local others, claimants, unmet = 0, 1, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local slots, ends, more = string.match(all[i + 1], '^1 (%d+) (%d+) (%d+) %d+$')
  if not slots then
    return redis.error_reply('OUTGROW the state of this key is of another kind or release')
  end
  slots, more = tonumber(slots), tonumber(more)
  if all[i] == me then
  elseif tonumber(ends) <= now then
    redis.call('HDEL', KEYS[1], all[i])
  else
    others = others + slots
    unmet = unmet + more
    if slots + more > 0 then claimants = claimants + 1 end
  end
end
local held = math.max(floor, math.min(want, limit - others), 0)
local more = math.max(want - held, 0)
redis.call('HSET', KEYS[1], me, string.format('1 %.0f %.0f %.0f %.0f', held, now + lease, more, order))
redis.call('PEXPIRE', KEYS[1], math.ceil(lease / 1000) * 2)
return {held, limit - others - held, claimants, unmet}
)",
    "6b5d42776f5b7eb1b05f88658e330d5ae1638c88"};

}  // namespace og
