// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/member_scripts.h"

namespace og {

constinit const FleetScript kBeatScript{"beat",
                                        R"(local now, ttl = tonumber(ARGV[1]), tonumber(ARGV[2])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if ttl > 0 then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + ttl), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], math.ceil(ttl / 1000) + 1000)
else
  redis.call('ZREM', KEYS[1], ARGV[3])
end
return {redis.call('ZCARD', KEYS[1])}
)",
                                        "3b6627280e0304e92845b1df1c0cf3a7ec062aee"};

}  // namespace og
