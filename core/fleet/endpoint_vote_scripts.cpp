// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/endpoint_vote_scripts.h"

namespace og {

constinit const FleetScript kEndpointVotesScript{"endpoint_votes",
                                                 R"(local a = {}
for i = 1, 6 do a[i] = tonumber(ARGV[i]) end
local now, vote, most, has, tells, order = unpack(a)
local key = KEYS[1]
local me, names = string.match(ARGV[7], '^(%S+) ?(.*)$')
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function numbers(text, count)
  local list = {}
  for number in string.gmatch(text, '%d+') do list[#list + 1] = tonumber(number) end
  return #list == count and list[1] == 1 and list
end
local held = redis.call('HMGET', key, '', ':' .. me)
local head = {1, now, 0, 0, now}
if held[1] then head = numbers(held[1], 5) end
local mine = held[2] and numbers(held[2], 4)
if not head or held[2] and not mine or not held[1] and redis.call('EXISTS', key) == 1 then
  return redis.error_reply('OUTGROW the state of this key is of another kind or release')
end
if mine and mine[2] > now and mine[3] >= order then return {-1} end
local born, version, machines, counted = head[2], head[3], head[4], head[5]
local tally, places
local function add(text, by)
  if not tally then
    tally, places = {}, {}
    local all = redis.call('HGET', key, '=') or ''
    for name, count in string.gmatch(all, '(%S+) (%d+)') do
      tally[#tally + 1] = {name, tonumber(count), 0}
      places[name] = tally[#tally]
    end
  end
  for name in string.gmatch(text, '%S+') do
    if not places[name] then
      tally[#tally + 1] = {name, 0, 0}
      places[name] = tally[#tally]
    end
    places[name][3] = places[name][3] + by
  end
end
local function take_back(machine)
  local old = redis.call('HGET', key, '-' .. machine)
  if old then add(old, -1) end
end
if math.abs(now - counted) * 5 >= vote then
  counted = now
  local fields, gone = {}, {}
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, 1) == ':' and field ~= ':' .. me then fields[#fields + 1] = field end
  end
  for i = 1, #fields, 1000 do
    local words = redis.call('HMGET', key, unpack(fields, i, math.min(i + 999, #fields)))
    for j, text in ipairs(words) do
      local one = numbers(text, 4)
      if not one or one[2] <= now or one[2] > now + 2 * vote then
        gone[#gone + 1] = string.sub(fields[i + j - 1], 2)
      end
    end
  end
  machines = #fields + (mine and 1 or 0)
  if 2 * #gone > machines then born = now end
  machines = machines - #gone
  for _, machine in ipairs(gone) do
    take_back(machine)
    redis.call('HDEL', key, ':' .. machine, '-' .. machine)
  end
end
born = has > version and now or math.min(born, now)
if not mine then machines = machines + 1 end
local told = mine and mine[4] or 0
if tells == 1 then
  told = order
  take_back(me)
  add(names, 1)
  if names ~= '' then redis.call('HSET', key, '-' .. me, names)
  else redis.call('HDEL', key, '-' .. me) end
end
local is_changed, is_news, left = false, false, {}
for _, one in ipairs(tally or {}) do
  local count = one[2] + one[3]
  if one[3] ~= 0 then
    is_changed = true
    is_news = is_news or math.max(one[2], count) > 1
  end
  if count > 0 then left[#left + 1] = one[1] .. ' ' .. count end
end
if is_news then version = math.max(version + 1, now) end
if is_changed and #left > 0 then redis.call('HSET', key, '=', table.concat(left, ' '))
elseif is_changed then redis.call('HDEL', key, '=') end
redis.call('HSET', key, '',
           string.format('1 %.0f %.0f %.0f %.0f', born, version, machines, counted), ':' .. me,
           string.format('1 %.0f %.0f %.0f', now + vote, order, told))
redis.call('PEXPIRE', key, math.ceil(vote / 500) + 1000)
local answer = {1, now - born, version, machines, told}
if version ~= has then
  local list = {}
  for name, count in string.gmatch(redis.call('HGET', key, '=') or '', '(%S+) (%d+)') do
    if tonumber(count) > 1 then
      list[#list + 1] = {name .. ' ' .. count, tonumber(count), #list}
    end
  end
  if #list > most then
    table.sort(list, function(one, other)
      return one[2] > other[2] or one[2] == other[2] and one[3] < other[3]
    end)
  end
  local texts = {}
  for i = 1, math.min(#list, most) do texts[i] = list[i][1] end
  answer[6] = table.concat(texts, ' ')
end
return answer
)",
                                                 "2e2d3b428ca9fe8b707f1456e8d37db0a3696619"};

}  // namespace og
