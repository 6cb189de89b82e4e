// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/bucket_scripts.h"

#include <array>
#include <cstddef>

namespace og {
namespace {

// Both begin with what reads a bucket and refills it, and how it is kept.
constexpr char kBegin[] = R"(local now, count, period, burst =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local cap = burst * period
local level, last = cap, now
local held = redis.call('GET', KEYS[1])
if held then
  local units, at, of = string.match(held, '^1 (%-?%d+) (%d+) (%d+)$')
  if not units then
    return redis.error_reply('OUTGROW the state of this key is of another kind or release')
  end
  units, last, of = tonumber(units), tonumber(at), tonumber(of)
  if of ~= period then units = math.floor(units / of) * period end
  level = math.max(math.min(cap, units), cap - 9007199254740992)
end
if last > now + 1000000 then last = now end
if now > last then
  level = math.min(cap, level + math.min(now - last, math.ceil((cap - level) / count)) * count)
  last = now
end
local function keep()
  if level >= cap then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], string.format('1 %.0f %.0f %.0f', level, last, period),
               'PX', math.ceil((cap - level) / count / 1000) + 1000)
  end
end
)";

constexpr char kTake[] = R"(local need, want, refund, share =
  tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
level = math.max(math.min(cap, level + refund * period), cap - 9007199254740992)
local have = math.floor(math.max(level, 0) / period)
local taken = math.min(want, math.max(need, math.floor(have * share / 100)), have)
if taken < need then taken = 0 end
level = level - taken * period
keep()
local wait = 0
if taken < need then
  wait = -1
  if need <= burst then wait = math.ceil((need * period - level) / count) + (last - now) end
end
return {taken, wait, math.floor(math.max(level, 0) / period), math.ceil((cap - level) / count)}
)";

constexpr char kSpent[] =
    R"(level = math.max(level - tonumber(ARGV[5]) * period, cap - 9007199254740992)
keep()
local wait = 0
if level < period then wait = math.ceil((period - level) / count) + (last - now) end
return {math.floor(level / period), wait, math.ceil((cap - level) / count)}
)";

template <size_t kSize>
constexpr auto after_begin(const char (&own)[kSize]) {
  std::array<char, sizeof(kBegin) - 1 + kSize - 1> text{};
  size_t at = 0;
  for (size_t i = 0; i + 1 < sizeof(kBegin); ++i) text[at++] = kBegin[i];
  for (size_t i = 0; i + 1 < kSize; ++i) text[at++] = own[i];
  return text;
}
constexpr auto kTakeText = after_begin(kTake);
constexpr auto kSpentText = after_begin(kSpent);

}  // namespace

constinit const FleetScript kTakeScript{
    "take", {kTakeText.data(), kTakeText.size()}, "e46af604ad26275d669aafebe5bff10ccede4c12"};
constinit const FleetScript kSpentScript{
    "spent", {kSpentText.data(), kSpentText.size()}, "9947513cdd3578cdd0552973eaa469c04f91bd3f"};

}  // namespace og
