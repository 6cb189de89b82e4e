// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/balancer.h>

#include <cstdint>
#include <optional>
#include <outgrow/bytes.hpp>
#include <outgrow/endpoints.hpp>
#include <vector>

namespace outgrow {

// Which endpoint takes a call: balancer.h has the policies. Picks hold no lock and allocate
// nothing; safe from every thread. The key matters to consistent_hash alone.
class Balancer : public detail::Handle<og_balancer, og_balancer_destroy> {
 public:
  // A call in flight, or why there is none. Destroyed without release it is cancelled.
  class Ticket : public detail::Claim<og_balancer, og_balancer_cancel> {
   public:
    Ticket() = default;
    Ticket(og_balancer* balancer, std::int64_t id, std::int32_t endpoint) noexcept
        : Claim(id > 0 ? balancer : nullptr, id > 0 ? id : 0),
          status_(id > 0 ? Status::ok : static_cast<Status>(id)),
          endpoint_(endpoint) {}

    // ok; none: no endpoint may be picked; full: `tickets` calls are in flight.
    Status status() const noexcept { return status_; }
    std::int32_t endpoint() const noexcept { return endpoint_; }

    // The call has ended. ok, or lapsed for a ticket that expired, which records nothing.
    Status release(bool success, Duration latency = kSinceBegin) {
      return returned(og_balancer_release(of(), id(), success, detail::latency(latency)),
                      "og_balancer_release");
    }
    Status release_at(bool success, Duration latency, Time now) {
      return returned(
          og_balancer_release_at(of(), id(), success, detail::latency(latency), detail::ns(now)),
          "og_balancer_release_at");
    }
    // The call was not made.
    Status cancel() { return returned(og_balancer_cancel(of(), id()), "og_balancer_cancel"); }
    Status cancel_at(Time now) {
      return returned(og_balancer_cancel_at(of(), id(), detail::ns(now)), "og_balancer_cancel_at");
    }

   private:
    Status status_ = Status::none;
    std::int32_t endpoint_ = OG_NONE;
  };

  using Handle::Handle;
  // Keeps the endpoints alive; several balancers may share them.
  explicit Balancer(const Endpoints& endpoints, const Options& options = {})
      : Handle(detail::make<og_balancer>(og_balancer_create, detail::given(options),
                                         detail::given(endpoints), nullptr)) {}
  Balancer(const Endpoints& endpoints, const Options& options, const Clock& clock)
      : Handle(detail::make<og_balancer>(og_balancer_create, detail::given(options),
                                         detail::given(endpoints), detail::given(clock))) {}

  // An endpoint's index; nothing when none may be picked.
  [[nodiscard]] std::optional<std::int32_t> pick(Bytes key = {}) {
    return picked(og_balancer_pick(handle(), key.data(), key.size()), "og_balancer_pick");
  }
  [[nodiscard]] std::optional<std::int32_t> pick_at(Bytes key, Time now) {
    return picked(og_balancer_pick_at(handle(), key.data(), key.size(), detail::ns(now)),
                  "og_balancer_pick_at");
  }
  // A pick for each key, OG_NONE where there was none.
  void pick_many(const Keys& keys, std::vector<std::int32_t>& out) {
    out.resize(keys.size());
    detail::checked(
        og_balancer_pick_many(handle(), keys.data(), keys.sizes(), keys.count(), out.data()),
        "og_balancer_pick_many");
  }
  // `count` picks without keys.
  void pick_many(std::size_t count, std::vector<std::int32_t>& out) {
    out.resize(count);
    detail::checked(og_balancer_pick_many(handle(), nullptr, nullptr,
                                          static_cast<std::int64_t>(count), out.data()),
                    "og_balancer_pick_many");
  }

  // Picks, and counts a call in flight.
  [[nodiscard]] Ticket acquire(Bytes key = {}) {
    std::int32_t endpoint = OG_NONE;
    std::int64_t ticket = og_balancer_acquire(handle(), key.data(), key.size(), &endpoint);
    return Ticket(handle(), detail::checked(ticket, "og_balancer_acquire"), endpoint);
  }
  [[nodiscard]] Ticket acquire_at(Bytes key, Time now) {
    std::int32_t endpoint = OG_NONE;
    std::int64_t ticket =
        og_balancer_acquire_at(handle(), key.data(), key.size(), detail::ns(now), &endpoint);
    return Ticket(handle(), detail::checked(ticket, "og_balancer_acquire_at"), endpoint);
  }
  // Takes up a ticket that was let go.
  [[nodiscard]] Ticket adopt(std::int64_t ticket, std::int32_t endpoint = OG_NONE) const noexcept {
    return Ticket(handle(), ticket, endpoint);
  }

  // How often the endpoint has been picked or acquired through this balancer.
  std::int64_t picks(std::int32_t endpoint) const {
    return detail::checked(og_balancer_picks(handle(), endpoint), "og_balancer_picks");
  }

 private:
  static std::optional<std::int32_t> picked(std::int32_t answer, const char* function) {
    detail::checked(answer, function);
    return answer >= 0 ? std::optional(answer) : std::nullopt;
  }
};

}  // namespace outgrow
