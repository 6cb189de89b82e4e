// SPDX-License-Identifier: Apache-2.0
#include "core/service/service.h"

#include <algorithm>

#include "core/base/time.h"

namespace og {

Service::Service(const ServiceSettings& settings, ClockPtr clock)
    : clock_(std::move(clock)), calls_(settings.max_in_flight, settings.call_ns) {
  join_forks();
}

Service::~Service() {
  leave_forks();
  int64_t now = clock_->now();
  calls_.settle_all([&](Call& call) { abandon(call, now); });
}

void Service::after_fork_in_child() noexcept {
  calls_.forget();
  forgotten_ += in_flight();
}

// Asked before the limiter, so that a client which asks again and again while another loads has
// made one request. Who would be refused after the waiting is refused at once.
bool Service::must_wait(Passage& passage, int64_t wait) noexcept {
  const bool passes =
      layers_.all([&](auto& layer) { return !layer.would_refuse(passage.request, passage.now); });
  if (!passes) return false;
  counts_.add(ServiceCount::kWaits);
  passage.finish(Status::kWait, wait);
  return true;
}

// A part of begin_at(), its one caller: a denied request pays for each call on its way.
[[gnu::always_inline]] inline void Service::admit(Passage& passage) {
  int entered = 0;
  try {
    const bool passes = layers_.all([&](auto& layer) {
      if (!layer.enter(passage)) return false;
      ++entered;
      return true;
    });
    if (passes && hold(passage)) return;
    if (entered == 0) return;
  } catch (...) {
    undo(passage.taken, passage.request.key, passage.now);
    throw;
  }
  undo(passage.taken, passage.request.key, passage.now);
}

ServiceAnswer Service::begin_at(const ServiceRequest& request, int64_t now) {
  now = from_zero(now);
  expire(now);
  ServiceAnswer answer;
  Passage passage{.request = request, .now = now, .answer = answer};
  passage.taken.write = request.write;
  int64_t wait = 0;
  layers_.each([&](auto& layer) { wait = std::max(wait, layer.load_wait(passage)); });
  if (wait > 0 && must_wait(passage, wait)) return answer;
  admit(passage);
  return answer;
}

// The request becomes a call: its ticket, or false and why there is none.
bool Service::hold(Passage& passage) {
  Call* call = calls_.reserve();
  if (!call) {
    counts_.add(ServiceCount::kFull);
    return passage.finish(Status::kFull);
  }
  bool held = false;
  try {
    if (needs_key_) call->key.assign(passage.request.key);
    held = layers_.all([&](auto& layer) { return layer.hold(passage); });
  } catch (...) {
    calls_.recycle(*call);
    throw;
  }
  if (!held) {
    calls_.recycle(*call);
    return false;
  }
  counts_.add(ServiceCount::kBegun);
  passage.answer.result = calls_.publish(*call, passage.taken, passage.now);
  return true;
}

void Service::undo(const Taken& taken, std::string_view key, int64_t now) noexcept {
  layers_.each_back([&](auto& layer) { layer.undo(taken, key, now); });
}

Status Service::end_at(int64_t ticket, const ServiceEnding& ending, int64_t now) noexcept {
  now = from_zero(now);
  Call* call = calls_.seize(ticket, now);
  if (!call) return lapsed(ticket, now);
  Status ended = Status::kOk;
  layers_.each_back([&](auto& layer) {
    if (Status status = layer.end(*call, ending, now); status != Status::kOk) ended = status;
  });
  calls_.recycle(*call);
  counts_.add(ending.success ? ServiceCount::kSuccesses : ServiceCount::kFailures);
  return ended;
}

Status Service::cancel_at(int64_t ticket, int64_t now) noexcept {
  now = from_zero(now);
  Call* call = calls_.seize(ticket, now);
  if (!call) return lapsed(ticket, now);
  undo(call->taken, call->key, now);
  calls_.recycle(*call);
  counts_.add(ServiceCount::kCancelled);
  return Status::kOk;
}

void Service::abandon(Call& call, int64_t now) noexcept {
  layers_.each_back([&](auto& layer) { layer.abandon(call, now); });
  counts_.add(ServiceCount::kExpired);
}

Status Service::lapsed(int64_t ticket, int64_t now) noexcept {
  if (ticket <= 0) return Status::kInvalidArgument;
  expire(now);
  counts_.add(ServiceCount::kLapsed);
  return Status::kLapsed;
}

}  // namespace og
