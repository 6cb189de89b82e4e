// SPDX-License-Identifier: Apache-2.0
// What outlives an autoscaler: its state as text.
#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "core/scale/autoscaler.h"
#include "core/scale/saved_state.h"

namespace og {
namespace {

// The last letter is the version of what follows.
constexpr std::string_view kHead = "ogscale1 ";
void state_of(StateArchive& archive, Readings& readings) {
  for (Reading& each : readings.values) {
    archive.value(each.value);
    archive.time(each.at);
    archive.value(each.ready);
    archive.value(each.desired);
    int32_t came = each.age != Reading::Age::kNever;  // how old it is its time tells
    archive.value(came);
    each.age = came != 0 ? Reading::Age::kFresh : Reading::Age::kNever;
  }
}

// A part of its own, under words that say whose it is; one that is another's is left out.
template <class Part>
void section(StateArchive& archive, std::string_view own, Part&& part) {
  std::string written;
  if (!archive.reads()) {
    StateArchive inner = StateArchive::writing(written);
    part(inner);
  }
  std::string_view whose = own, text = written;
  archive.text(whose);
  archive.text(text);
  if (archive.reads() && whose == own) {
    StateArchive inner = archive.within(text);
    part(inner);
  }
}

}  // namespace

// Settings are not in it: they are those of whoever restores.
void Autoscaler::state(StateArchive& archive) {
  archive.time(now_);
  archive.value(instances_);
  archive.value(ready_);
  archive.time(last_up_);
  archive.time(last_change_);
  archive.time(last_errors_);
  state_of(archive, latest_);
  steps_.state(archive);
  section(archive, settings_.policy->word, [&](StateArchive& own) { policy_->state(own); });
  const BinLayout& bins = settings_.bins;
  char model[110];
  const int length = std::snprintf(model, sizeof model, "%s %" PRId64 " %" PRId64,
                                   settings_.predictor->word, bins.bin_ns, bins.horizon_bins);
  if (settings_.predictor->looks_at_hold) {
    std::snprintf(model + length, sizeof model - static_cast<std::size_t>(length),
                  " %" PRId64 " %g", bins.hold_bins, settings_.forecast_quantile);
  }
  RateBins* const known = bins_ ? &*bins_ : nullptr;
  Upstream* const upstream = &upstream_;
  section(archive, model, [known, upstream](StateArchive& own) {
    if (!known) return;
    known->state(own);
    upstream->state(own);
  });
  NamedMetrics* const named = &named_;
  if (!named_.empty()) {
    section(archive, "metrics", [named](StateArchive& own) { named->state(own); });
  }
  if (!known) return;
  char figures[sizeof model + 12];
  std::snprintf(figures, sizeof figures, "accuracy %s", model);
  section(archive, figures, [known](StateArchive& own) { known->accuracy_state(own); });
}

std::string Autoscaler::save() const {
  ForkLock lock(mutex_);
  std::string text(kHead);
  StateArchive archive = StateArchive::writing(text);
  int64_t began = settings_.clock_began;
  archive.value(began);
  // It only reads what it writes.
  const_cast<Autoscaler*>(this)->state(archive);
  return sealed(std::move(text));
}

Result<void> Autoscaler::restore(std::string_view saved) {
  const auto body = unsealed(saved, kHead, "autoscaler");
  if (!body) return tl::unexpected(body.error());
  ForkLock lock(mutex_);
  StateArchive archive = resumed(*body, settings_.clock_began, std::max(now_, clock_->now()));
  state(archive);
  if (instances_ && (*instances_ < 0 || *instances_ > kMostInstances)) instances_ = std::nullopt;
  if (ready_ && (*ready_ < 0 || *ready_ > kMostInstances)) ready_ = std::nullopt;
  return {};
}

}  // namespace og
