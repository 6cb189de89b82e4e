// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/endpoint_scripts.h"

namespace og {

constinit const FleetScript kEndpointsScript{"endpoints",
                                             R"(local now, since, most, keep =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local key = KEYS[1]
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function digits(number) return string.format('%.0f', number) end
local function at(score) return redis.call('ZRANGEBYSCORE', key, score, score)[1] end
local function sum_of(text)
  local hash = 0
  for i = 1, #text do hash = (hash * 1000003 + string.byte(text, i)) % 67108859 end
  return hash * hash
end
local head, born, version, sum, count = at(0), 0, 0, 0, 0
if head then
  born, version, sum, count = string.match(head, '^1 (%d+) (%d+) (%d+) (%d+)$')
  born, version, sum, count = tonumber(born), tonumber(version), tonumber(sum), tonumber(count)
end
if not born or not head and redis.call('EXISTS', key) == 1 then
  return redis.error_reply('OUTGROW the state of this key is of another kind or release')
end
local function add(text, weight, sign)
  if weight < 0 then return end
  sum, count = (sum + sign * sum_of(text)) % 4503599627370496, count + sign
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', key, digits(keep - now), '(0', 'LIMIT', 0, 16)) do
  local name = string.sub(gone, 2)
  redis.call('ZREM', key, gone, at(redis.call('ZSCORE', key, '=' .. name)), '=' .. name)
end
local standing, is_new = {}, false
for name, weight, stamp, zone in string.gmatch(ARGV[5], '(%S+) (%S+) (%S+) (%S+)') do
  weight, stamp = tonumber(weight), tonumber(stamp)
  local place = redis.call('ZSCORE', key, '=' .. name)
  local old = place and string.sub(at(place), 2)
  local old_weight, old_stamp = -1, -1
  if old then
    local _, w, s = string.match(old, '^(%S+) (%S+) (%S+) ')
    old_weight, old_stamp = tonumber(w), tonumber(s)
  end
  if stamp > old_stamp or stamp == old_stamp and weight > old_weight then
    local text = name .. ' ' .. digits(weight) .. ' ' .. digits(stamp) .. ' ' .. zone
    if old then
      redis.call('ZREM', key, ':' .. old, '-' .. name)
      add(old, old_weight, -1)
    end
    is_new, version = true, math.max(version + 1, now)
    redis.call('ZADD', key, digits(version), ':' .. text, digits(version), '=' .. name)
    if weight < 0 then redis.call('ZADD', key, digits(-stamp), '-' .. name) end
    add(text, weight, 1)
  else
    standing[#standing + 1] = old
  end
end
if is_new then
  if born == 0 then born = now end
  if head then redis.call('ZREM', key, head) end
  redis.call('ZADD', key, 0, '1 ' .. digits(born) .. ' ' .. digits(version) .. ' ' .. digits(sum) ..
             ' ' .. digits(count))
end
local lasts = math.ceil(keep / 1000)
if redis.call('PTTL', key) < lasts then redis.call('PEXPIRE', key, lasts + 3600000) end
local reached, list = version, {}
if since < version then
  list = redis.call('ZRANGEBYSCORE', key, '(' .. digits(since), '+inf', 'LIMIT', 0, 2 * most)
  if #list == 2 * most then reached = tonumber(redis.call('ZSCORE', key, list[#list])) end
end
local answer = {now, born, version, reached, sum, count}
for _, text in ipairs(standing) do answer[#answer + 1] = text end
for i = 1, #list, 2 do answer[#answer + 1] = string.sub(list[i], 2) end
return answer
)",
                                             "30c7fb25bbd5cb00dca5272657a755b9a19740a2"};

}  // namespace og
