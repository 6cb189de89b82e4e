// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <outgrow/limiter.hpp>

namespace outgrow {

// What one limiter is to give for a decision over several.
struct LimitPart {
  const RateLimiter& limiter;
  Bytes key = {};
  std::int64_t cost = 1;
};

// Whether a request passed all of its limits, and if not, which has it wait the longest.
class AllAdmission {
 public:
  constexpr AllAdmission(std::int64_t wait_ns, std::size_t which) noexcept
      : admission_(wait_ns), which_(which) {}

  constexpr bool allowed() const noexcept { return admission_.allowed(); }
  constexpr explicit operator bool() const noexcept { return allowed(); }
  // 0 when it passed; kNever when a part costs more than its limiter ever holds.
  constexpr Duration retry_after() const noexcept { return admission_.retry_after(); }
  // The part that was denied, by its number among those given; 0 when the request passed.
  constexpr std::size_t which() const noexcept { return which_; }

 private:
  Admission admission_;
  std::size_t which_;
};

namespace detail {

template <class Call>
AllAdmission acquire_all(const LimitPart* parts, std::size_t count, const char* function,
                         Call&& call) {
  constexpr std::size_t kMost = 64;
  if (count > kMost) throw Error(Status::invalid_argument, "acquire_all: at most 64 parts");
  og_limiter* limiters[kMost];
  const void* keys[kMost];
  std::int64_t key_lens[kMost], costs[kMost], which = 0;
  for (std::size_t i = 0; i < count; ++i) {
    limiters[i] = parts[i].limiter.handle();
    keys[i] = parts[i].key.data();
    key_lens[i] = parts[i].key.size();
    costs[i] = parts[i].cost;
  }
  const std::int64_t wait = checked(
      call(limiters, keys, key_lens, costs, static_cast<std::int64_t>(count), &which), function);
  return {wait, which < 0 ? 0 : static_cast<std::size_t>(which)};
}

}  // namespace detail

// One decision over several limits, such as a user's, a team's and one of all: takes what each is
// to give, or nothing. limiter.h has the rest.
//
//   if (!acquire_all({{user, "alice"}, {team, "red"}, {everyone}})) return too_many_requests();
inline AllAdmission acquire_all(const LimitPart* parts, std::size_t count) {
  return detail::acquire_all(parts, count, "og_limiter_acquire_all", [](auto... arguments) {
    return og_limiter_acquire_all(arguments...);
  });
}
inline AllAdmission acquire_all_at(const LimitPart* parts, std::size_t count, Time now) {
  return detail::acquire_all(
      parts, count, "og_limiter_acquire_all_at",
      [now](auto limiters, auto keys, auto lens, auto costs, auto most, auto which) {
        return og_limiter_acquire_all_at(limiters, keys, lens, costs, most, detail::ns(now), which);
      });
}
inline AllAdmission acquire_all(std::initializer_list<LimitPart> parts) {
  return acquire_all(parts.begin(), parts.size());
}
inline AllAdmission acquire_all_at(std::initializer_list<LimitPart> parts, Time now) {
  return acquire_all_at(parts.begin(), parts.size(), now);
}

}  // namespace outgrow
