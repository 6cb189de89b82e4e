// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/vote_scripts.h"

namespace og {

constinit const FleetScript kVotesScript{"votes",
                                         R"(local a = {}
for i = 1, 17 do a[i] = tonumber(ARGV[i]) end
local now, open, vote, permits, permit, threshold, part, machines, generation, till, fails,
  successes, failed, keep, left, want, order = unpack(a)
local me = ARGV[18]
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function words(text, count)
  local list = {}
  for word in string.gmatch(text, '%d+') do list[#list + 1] = tonumber(word) end
  return #list == count and list[1] == 1 and list
end
local held = redis.call('HMGET', KEYS[1], '', me)
local fleet = held[1] and words(held[1], 8) or {1, 0, 0, 0, 0, 0, 0, now}
local mine = held[2] and words(held[2], 8) or {1, 0, 0, 0, 0, 0, 0, 0}
if held[1] and not words(held[1], 8) or held[2] and not words(held[2], 8) then
  return redis.error_reply('OUTGROW the state of this key is of another kind or release')
end
if mine[2] > now and mine[8] >= order then return {-1} end
local at, to, seen, votes, good, probes, counted =
  fleet[2], fleet[3], fleet[4], fleet[5], fleet[6], fleet[7], fleet[8]
if generation > at then at, to, votes, good = generation, till, 0, 0 end
at = math.max(at, 1)
to = math.min(to, now + open)
if held[2] then
  seen, probes = seen - 1, probes - mine[6]
  if mine[3] == at then votes, good = votes - mine[4], good - mine[5] end
end
local counts = generation == at
if not counts then fails, successes, failed = 0, 0, 0 end
local function count()
  seen, votes, good, probes, counted = 0, 0, 0, 0, now
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local one = all[i] ~= '' and all[i] ~= me and words(all[i + 1], 8)
    if one and (one[2] <= now or one[2] > now + 2 * (vote + permit)) then
      redis.call('HDEL', KEYS[1], all[i])
    elseif one then
      if one[6] > 0 and one[7] <= now then
        one[6] = 0
        redis.call('HSET', KEYS[1], all[i], string.format('1 %.0f %.0f %.0f %.0f 0 0 %.0f',
                   one[2], one[3], one[4], one[5], one[8]))
      end
      seen, probes = seen + 1, probes + one[6]
      if one[3] == at then votes, good = votes + one[4], good + one[5] end
    end
  end
end
local function quorum() return math.max(2, math.ceil(math.max(seen + 1, machines) * part / 100)) end
if math.abs(now - counted) * 5 >= vote then count() end
if to == 0 and votes + fails >= quorum() and counted ~= now then count() end
local voted = votes + fails
local begins = to == 0 and voted >= quorum() or to > 0 and failed > 0
if begins then
  to = now + open
elseif to > 0 and to <= now and good + successes >= threshold then
  begins, to = true, 0
end
if begins then at, votes, good = math.max(at + 1, now), 0, 0
elseif counts then votes, good = voted, good + successes end
local have, ends = 0, 0
if keep > 0 then
  have, ends = keep, now + math.min(left, permit)
elseif to > 0 and to <= now then
  have = math.max(math.min(want, permits - probes), 0)
  if have > 0 then ends = now + permit end
end
local needed = quorum()
seen, probes = seen + 1, probes + have
redis.call('HSET', KEYS[1], '', string.format('1 %.0f %.0f %.0f %.0f %.0f %.0f %.0f',
           at, to, seen, votes, good, probes, counted),
           me, string.format('1 %.0f %.0f %.0f %.0f %.0f %.0f %.0f',
           math.max(now + vote, ends), generation, fails, successes, have, ends, order))
redis.call('PEXPIRE', KEYS[1], math.ceil((open + vote + permit) / 1000) + 1000)
return {1, at, to, math.max(to - now, 0), voted, needed, seen, have}
)",
                                         "35aa940ae37e25ecc84482dc917c6149242c9144"};

}  // namespace og
