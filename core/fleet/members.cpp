// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/members.h"

#include <algorithm>

#include "core/base/time.h"
#include "core/fleet/member_scripts.h"

namespace og {
namespace {

constexpr int kSoon = 3;

}  // namespace

void FleetMembers::step(int64_t now) {
  if (!has_come(beat_at_, now)) return;
  const int64_t pause = ++beats_ <= kSoon ? kTimeToLive / 10 : kTimeToLive / 3;
  beat_at_ =
      later(now, pause - static_cast<int64_t>(random_.below(static_cast<uint64_t>(pause / 10))));
  call(kTimeToLive / 1000, now);
}

void FleetMembers::leave(int64_t now) {
  beat_at_ = kEndOfTime;
  call(0, now);
}

void FleetMembers::call(int64_t time_to_live_us, int64_t now) {
  // Apart, it beats again when it may be asked: at most a second late.
  if (!link_.call({&kBeatScript, key_, {-1, time_to_live_us}, name_}, *this, 0, now))
    beat_at_ = std::min(beat_at_, later(now, 1'000'000'000));
}

void FleetMembers::answered(uint64_t, const FleetAnswer& answer, int64_t now) {
  if (answer.fate == FleetAnswer::Fate::kDone && !answer.reply.list.empty())
    machines_ = std::max<int64_t>(answer.reply.list[0].integer, 1);
  else if (beat_at_ != kEndOfTime)
    beat_at_ = std::min(beat_at_, later(now, 1'000'000'000));
}

}  // namespace og
