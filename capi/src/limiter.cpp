// SPDX-License-Identifier: Apache-2.0
#include "outgrow/limiter.h"

#include <array>
#include <optional>

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "capi/src/reconfigure.h"
#include "capi/src/refusal.h"
#include "core/limit/acquire_all.h"
#include "core/limit/limiter.h"

using namespace og::capi;

static_assert(og::kNeverPasses == OG_NEVER);

namespace {

// f(limiter, key) for a key that is one, at a time that is one where it is given.
template <class Handle, class F>
int64_t with_key(Handle* limiter, const void* key, int64_t key_len, F&& f,
                 int64_t now_ns = 0) noexcept {
  return call_at<int64_t>(limiter, now_ns, [&](Handle& l) -> int64_t {
    if (!valid(key, key_len)) [[unlikely]]
      return OG_INVALID_ARGUMENT;
    return f(*l.limiter, bytes(key, key_len));
  });
}

void give(const og::Standing& standing, int64_t* limit, int64_t* remaining, int64_t* reset_after,
          int64_t* next_after = nullptr) {
  if (limit) *limit = standing.limit;
  if (remaining) *remaining = standing.remaining;
  if (reset_after) *reset_after = standing.reset_after;
  if (next_after) *next_after = standing.next_after;
}

// The limiter of a call about a key's plan.
og::Result<std::shared_ptr<og::Limiter>> planned(const og_limiter* limiter, const void* key,
                                                 int64_t key_len) {
  if (!limiter) return og::fail(og::Status::kNullHandle, "the limiter is NULL");
  if (!valid(key, key_len)) {
    return og::fail(og::Status::kInvalidArgument, "the key is NULL, or its length negative", "key");
  }
  return limiter->limiter;
}

// Of one that was not reserved: nothing.
void give(const og::Slot& slot, int64_t wait, int64_t* after_ns, int64_t* number) {
  if (wait != 0) return;
  if (after_ns) *after_ns = slot.after;
  if (number) *number = slot.number;
}

// All that is given at once, on the stack. now: none, or one that is a time.
int64_t acquire_all(og_limiter* const* limiters, const void* const* keys, const int64_t* key_lens,
                    const int64_t* costs, int64_t count, std::optional<int64_t> now,
                    int64_t* which) {
  const auto answered = [&](int64_t answer, int64_t at) {
    if (which) *which = at;
    return answer;
  };
  const auto most = static_cast<int64_t>(og::AcquireAll::kMost);
  const bool is_given = count == 0 || (limiters && keys && key_lens);
  if (count < 0 || count > most || !is_given || (now && !valid_time(*now)))
    return answered(OG_INVALID_ARGUMENT, OG_NONE);
  std::array<og::AcquireAll::Part, og::AcquireAll::kMost> parts;
  for (int64_t i = 0; i < count; ++i) {
    if (!limiters[i]) return answered(OG_NULL_HANDLE, i);
    if (!valid(keys[i], key_lens[i])) return answered(OG_INVALID_ARGUMENT, i);
    parts[static_cast<size_t>(i)] = {limiters[i]->limiter.get(), bytes(keys[i], key_lens[i]),
                                     costs ? costs[i] : 1};
  }
  const auto answer = og::AcquireAll::of({parts.data(), static_cast<size_t>(count)}, now);
  return answered(answer.wait, answer.which);
}

// One of the terms that hold now.
template <class F>
int64_t term(const og_limiter* limiter, F&& f) noexcept {
  return call<int64_t>(limiter, [&](const og_limiter& l) -> int64_t {
    const auto terms = l.limiter->terms();
    return terms ? f(*terms) : static_cast<int64_t>(terms.error().code);
  });
}

}  // namespace

og_status og_limiter_create(const og_config* config, const og_clock* clock, og_limiter** out,
                            og_error** error) {
  return og_limiter_create_in(nullptr, nullptr, config, clock, out, error);
}

og_status og_limiter_create_in(const og_scope* scope, const char* name, const og_config* config,
                               const og_clock* clock, og_limiter** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::Limiter::create(config_or_empty(config), clock ? clock->clock : nullptr, place);
  });
}

void og_limiter_destroy(og_limiter** limiter) { destroy(limiter); }

og_status og_limiter_reconfigure(og_limiter* limiter, const og_config* config, og_error** error) {
  return reconfigure(limiter, config, error);
}

int64_t og_limiter_acquire(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost) {
  return with_key(limiter, key, key_len,
                  [&](og::Limiter& l, std::string_view k) { return l.acquire(k, cost); });
}

int64_t og_limiter_acquire_at(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost,
                              int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) { return l.acquire_at(k, cost, now_ns); }, now_ns);
}

int64_t og_limiter_peek(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost) {
  return with_key(limiter, key, key_len,
                  [&](og::Limiter& l, std::string_view k) { return l.peek(k, cost); });
}

int64_t og_limiter_peek_at(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost,
                           int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) { return l.peek_at(k, cost, now_ns); }, now_ns);
}

int64_t og_limiter_acquire_many(og_limiter* limiter, const void* const* keys,
                                const int64_t* key_lens, const int64_t* costs, int64_t count,
                                int64_t* waits) {
  return call<int64_t>(limiter, [&](og_limiter& l) -> int64_t {
    if (count < 0 || !keys || !key_lens || !waits) return OG_INVALID_ARGUMENT;
    return l.limiter->acquire_many({keys, key_lens, costs, count, waits});
  });
}

int64_t og_limiter_acquire_many_at(og_limiter* limiter, const void* const* keys,
                                   const int64_t* key_lens, const int64_t* costs, int64_t count,
                                   int64_t now_ns, int64_t* waits) {
  return call_at<int64_t>(limiter, now_ns, [&](og_limiter& l) -> int64_t {
    if (count < 0 || !keys || !key_lens || !waits) return OG_INVALID_ARGUMENT;
    return l.limiter->acquire_many_at({keys, key_lens, costs, count, waits}, now_ns);
  });
}

int64_t og_limiter_acquire_all(og_limiter* const* limiters, const void* const* keys,
                               const int64_t* key_lens, const int64_t* costs, int64_t count,
                               int64_t* which) {
  return acquire_all(limiters, keys, key_lens, costs, count, std::nullopt, which);
}

int64_t og_limiter_acquire_all_at(og_limiter* const* limiters, const void* const* keys,
                                  const int64_t* key_lens, const int64_t* costs, int64_t count,
                                  int64_t now_ns, int64_t* which) {
  return acquire_all(limiters, keys, key_lens, costs, count, now_ns, which);
}

int64_t og_limiter_acquire_detailed(og_limiter* limiter, const void* key, int64_t key_len,
                                    int64_t cost, int64_t* limit, int64_t* remaining,
                                    int64_t* reset_after_ns) {
  return with_key(limiter, key, key_len, [&](og::Limiter& l, std::string_view k) {
    og::Standing standing;
    int64_t wait = l.acquire_detailed(k, cost, standing);
    if (wait >= 0) give(standing, limit, remaining, reset_after_ns);
    return wait;
  });
}

int64_t og_limiter_acquire_detailed_at(og_limiter* limiter, const void* key, int64_t key_len,
                                       int64_t cost, int64_t now_ns, int64_t* limit,
                                       int64_t* remaining, int64_t* reset_after_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) {
        og::Standing standing;
        int64_t wait = l.acquire_detailed_at(k, cost, now_ns, standing);
        if (wait >= 0) give(standing, limit, remaining, reset_after_ns);
        return wait;
      },
      now_ns);
}

int64_t og_limiter_standing(og_limiter* limiter, const void* key, int64_t key_len, int64_t* limit,
                            int64_t* remaining, int64_t* reset_after_ns, int64_t* next_after_ns) {
  return with_key(limiter, key, key_len, [&](og::Limiter& l, std::string_view k) {
    og::Standing standing;
    const int64_t wait = l.standing(k, standing);
    if (wait >= 0) give(standing, limit, remaining, reset_after_ns, next_after_ns);
    return wait;
  });
}

int64_t og_limiter_standing_at(og_limiter* limiter, const void* key, int64_t key_len,
                               int64_t now_ns, int64_t* limit, int64_t* remaining,
                               int64_t* reset_after_ns, int64_t* next_after_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) {
        og::Standing standing;
        const int64_t wait = l.standing_at(k, now_ns, standing);
        if (wait >= 0) give(standing, limit, remaining, reset_after_ns, next_after_ns);
        return wait;
      },
      now_ns);
}

int64_t og_limiter_rate_count(const og_limiter* limiter) {
  return term(limiter, [](const og::Limiter::Terms& t) { return t.rate.count; });
}

int64_t og_limiter_rate_period(const og_limiter* limiter) {
  return term(limiter, [](const og::Limiter::Terms& t) { return t.rate.period_ns; });
}

int64_t og_limiter_rate_burst(const og_limiter* limiter) {
  return term(limiter, [](const og::Limiter::Terms& t) { return t.burst; });
}

int64_t og_limiter_acquire_up_to(og_limiter* limiter, const void* key, int64_t key_len,
                                 int64_t most) {
  return with_key(limiter, key, key_len,
                  [&](og::Limiter& l, std::string_view k) { return l.acquire_up_to(k, most); });
}

int64_t og_limiter_acquire_up_to_at(og_limiter* limiter, const void* key, int64_t key_len,
                                    int64_t most, int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) { return l.acquire_up_to_at(k, most, now_ns); },
      now_ns);
}

int64_t og_limiter_give_back(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost) {
  return with_key(limiter, key, key_len,
                  [&](og::Limiter& l, std::string_view k) { return l.give_back(k, cost); });
}

int64_t og_limiter_give_back_at(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost,
                                int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) { return l.give_back_at(k, cost, now_ns); }, now_ns);
}

int64_t og_limiter_charge(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost) {
  return with_key(limiter, key, key_len,
                  [&](og::Limiter& l, std::string_view k) { return l.charge(k, cost); });
}

int64_t og_limiter_charge_at(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost,
                             int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) { return l.charge_at(k, cost, now_ns); }, now_ns);
}

int64_t og_limiter_reserve_slot(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost,
                                int64_t max_wait_ns, int64_t* after_ns, int64_t* number) {
  return with_key(limiter, key, key_len, [&](og::Limiter& l, std::string_view k) {
    og::Slot slot;
    const int64_t wait = l.reserve_slot(k, cost, max_wait_ns, slot);
    give(slot, wait, after_ns, number);
    return wait;
  });
}

int64_t og_limiter_reserve_slot_at(og_limiter* limiter, const void* key, int64_t key_len,
                                   int64_t cost, int64_t max_wait_ns, int64_t now_ns,
                                   int64_t* after_ns, int64_t* number) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) {
        og::Slot slot;
        const int64_t wait = l.reserve_slot_at(k, cost, max_wait_ns, now_ns, slot);
        give(slot, wait, after_ns, number);
        return wait;
      },
      now_ns);
}

int32_t og_limiter_cancel_slot(og_limiter* limiter, const void* key, int64_t key_len, int64_t cost,
                               int64_t number) {
  return static_cast<int32_t>(
      with_key(limiter, key, key_len,
               [&](og::Limiter& l, std::string_view k) { return l.cancel_slot(k, cost, number); }));
}

int32_t og_limiter_cancel_slot_at(og_limiter* limiter, const void* key, int64_t key_len,
                                  int64_t cost, int64_t number, int64_t now_ns) {
  return static_cast<int32_t>(with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) { return l.cancel_slot_at(k, cost, number, now_ns); },
      now_ns));
}

int64_t og_limiter_reserve(og_limiter* limiter, const void* key, int64_t key_len, int64_t amount,
                           int64_t within_ns) {
  return with_key(limiter, key, key_len, [&](og::Limiter& l, std::string_view k) {
    return l.reserve(k, amount, within_ns);
  });
}

int64_t og_limiter_reserve_at(og_limiter* limiter, const void* key, int64_t key_len, int64_t amount,
                              int64_t within_ns, int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) {
        return l.reserve_at(k, amount, within_ns, now_ns);
      },
      now_ns);
}

og_status og_limiter_settle(og_limiter* limiter, int64_t reservation, int64_t actual) {
  return call<og_status>(limiter, [&](og_limiter& l) {
    return static_cast<og_status>(l.limiter->settle(reservation, actual));
  });
}

og_status og_limiter_settle_at(og_limiter* limiter, int64_t reservation, int64_t actual,
                               int64_t now_ns) {
  return call_at<og_status>(limiter, now_ns, [&](og_limiter& l) {
    return static_cast<og_status>(l.limiter->settle_at(reservation, actual, now_ns));
  });
}

og_status og_limiter_cancel(og_limiter* limiter, int64_t reservation) {
  return og_limiter_settle(limiter, reservation, 0);
}

og_status og_limiter_cancel_at(og_limiter* limiter, int64_t reservation, int64_t now_ns) {
  return og_limiter_settle_at(limiter, reservation, 0, now_ns);
}

int32_t og_limiter_forget(og_limiter* limiter, const void* key, int64_t key_len) {
  return static_cast<int32_t>(with_key(
      limiter, key, key_len, [&](og::Limiter& l, std::string_view k) { return l.forget(k); }));
}

og_status og_limiter_set_plan(og_limiter* limiter, const void* key, int64_t key_len,
                              const char* plan, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    auto l = planned(limiter, key, key_len);
    if (!l) return tl::unexpected(std::move(l.error()));
    if (!plan) return og::fail(og::Status::kInvalidArgument, "the plan is NULL", "plan");
    return (*l)->set_plan(bytes(key, key_len), plan);
  });
}

og_status og_limiter_plan(const og_limiter* limiter, const void* key, int64_t key_len,
                          og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    auto l = planned(limiter, key, key_len);
    if (!l) return tl::unexpected(std::move(l.error()));
    auto plan = (*l)->plan(bytes(key, key_len));
    if (!plan) return tl::unexpected(std::move(plan.error()));
    return og_text{std::move(*plan)};
  });
}

int64_t og_limiter_acquire_as(og_limiter* limiter, const void* key, int64_t key_len,
                              const char* plan, int64_t cost) {
  return with_key(limiter, key, key_len, [&](og::Limiter& l, std::string_view k) -> int64_t {
    if (!plan) return OG_INVALID_ARGUMENT;
    return l.acquire_as(k, plan, cost);
  });
}

int64_t og_limiter_acquire_as_at(og_limiter* limiter, const void* key, int64_t key_len,
                                 const char* plan, int64_t cost, int64_t now_ns) {
  return with_key(
      limiter, key, key_len,
      [&](og::Limiter& l, std::string_view k) -> int64_t {
        if (!plan) return OG_INVALID_ARGUMENT;
        return l.acquire_as_at(k, plan, cost, now_ns);
      },
      now_ns);
}

og_status og_limiter_refusal(const og_limiter* limiter, int64_t wait_ns, og_text** out,
                             og_error** error) {
  return refusal(limiter, wait_ns, out, error,
                 [&](const og_limiter& l) { return l.limiter->refusal(wait_ns); });
}

og_status og_limiter_hottest(const og_limiter* limiter, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!limiter) return og::fail(og::Status::kNullHandle, "the limiter is NULL");
    auto json = limiter->limiter->hottest_json();
    if (!json) return tl::unexpected(std::move(json.error()));
    return og_text{std::move(*json)};
  });
}

int32_t og_limiter_band(const og_limiter* limiter, const void* key, int64_t key_len, int64_t cost) {
  return static_cast<int32_t>(
      with_key(limiter, key, key_len,
               [&](const og::Limiter& l, std::string_view k) { return l.band(k, cost); }));
}

int32_t og_limiter_band_at(const og_limiter* limiter, const void* key, int64_t key_len,
                           int64_t cost, int64_t now_ns) {
  return static_cast<int32_t>(with_key(
      limiter, key, key_len,
      [&](const og::Limiter& l, std::string_view k) { return l.band_at(k, cost, now_ns); },
      now_ns));
}

og_status og_limiter_band_refusal(const og_limiter* limiter, int32_t band, int64_t wait_ns,
                                  og_text** out, og_error** error) {
  return refusal(limiter, wait_ns, out, error,
                 [&](const og_limiter& l) { return l.limiter->refusal(wait_ns, band); });
}

int64_t og_limiter_stat(const og_limiter* limiter, int32_t which) {
  return call<int64_t>(limiter, [&](const og_limiter& l) -> int64_t {
    switch (which) {
      case OG_LIMITER_ALLOWED:
        return l.limiter->allowed();
      case OG_LIMITER_DENIED:
        return l.limiter->denied();
      case OG_LIMITER_CROWDED_OUT:
        return l.limiter->crowded_out();
      case OG_LIMITER_EVICTIONS:
        return l.limiter->evictions();
      case OG_LIMITER_KEYS:
        return l.limiter->keys_in_use();
      case OG_LIMITER_MEMORY:
        return l.limiter->memory_bytes();
      case OG_LIMITER_SPARED:
        return l.limiter->spared();
      case OG_LIMITER_RESERVATIONS:
        return l.limiter->reserved(og::Limiter::Reserved::kReservations);
      case OG_LIMITER_RESERVED:
        return l.limiter->reserved(og::Limiter::Reserved::kAmount);
      case OG_LIMITER_SETTLED:
        return l.limiter->reserved(og::Limiter::Reserved::kSettled);
      case OG_LIMITER_EXPIRED:
        return l.limiter->reserved(og::Limiter::Reserved::kExpired);
      case OG_LIMITER_ORPHANED:
        return l.limiter->reserved(og::Limiter::Reserved::kOrphaned);
      case OG_LIMITER_LAPSED:
        return l.limiter->reserved(og::Limiter::Reserved::kLapsed);
      default:
        return OG_INVALID_ARGUMENT;
    }
  });
}

og_status og_metrics_add_limiter(og_metrics* metrics, const char* name, const og_limiter* limiter,
                                 og_error** error) {
  return add_metrics(metrics, "limiter", name, limiter, error);
}
