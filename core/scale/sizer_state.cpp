// SPDX-License-Identifier: Apache-2.0
// What outlives a sizer: its state as text.
#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "core/scale/saved_state.h"
#include "core/scale/sizer.h"

namespace og {
namespace {

// The last letter is the version of what follows.
constexpr std::string_view kSizerHead = "ogsizer1 ";

}  // namespace

void Sizer::state(StateArchive& archive, SizingPolicy& policy) {
  archive.time(now_);
  for (History* history : {&cpu_, &memory_}) {
    archive.value(history->samples);
    archive.time(history->first);
    archive.time(history->last);
    history->samples = std::max<int64_t>(history->samples, 0);
    if (!history->first || !history->last) history->first = history->last = std::nullopt;
  }
  archive.time(last_oom_);
  // What another policy, or one of another half-life, has learned is left out.
  char own[64];
  std::snprintf(own, sizeof own, "%d %" PRId64 " %" PRId64, static_cast<int>(settings_.policy),
                settings_.rules.half_life_ns, settings_.rules.window_ns);
  std::string written;
  if (!archive.reads()) {
    StateArchive inner = StateArchive::writing(written);
    policy.state(inner);
  }
  std::string_view whose = own, text = written;
  archive.text(whose);
  archive.text(text);
  if (!archive.reads()) return;
  if (whose == own) {
    StateArchive inner = archive.within(text);
    policy.state(inner);
  } else {
    cpu_ = memory_ = {};
  }
}

std::string Sizer::save() const {
  ForkLock lock(mutex_);
  std::string text(kSizerHead);
  StateArchive archive = StateArchive::writing(text);
  int64_t began = settings_.clock_began;
  archive.value(began);
  // It only reads what it writes.
  const_cast<Sizer*>(this)->state(archive, *policy_);
  return sealed(std::move(text));
}

Result<void> Sizer::restore(std::string_view saved) {
  const auto body = unsealed(saved, kSizerHead, "sizer");
  if (!body) return tl::unexpected(body.error());
  auto policy = make_policy(settings_);  // memory first
  ForkLock lock(mutex_);
  StateArchive archive = resumed(*body, settings_.clock_began, std::max(now_, clock_->now()));
  state(archive, *policy);
  policy_ = std::move(policy);
  return {};
}

}  // namespace og
