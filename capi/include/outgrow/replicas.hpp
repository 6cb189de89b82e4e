// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/replicas.h>

#include <cstdint>
#include <optional>
#include <outgrow/clock.hpp>
#include <outgrow/options.hpp>
#include <vector>

namespace outgrow {

// Which database node takes a call: replicas.h has the rules. Node 0 is the primary; the replicas
// count from 1. Hot calls allocate nothing and hold no lock; safe from every thread.
class ReplicaRouter : public detail::Handle<og_replicas, og_replicas_destroy> {
 public:
  // A call in flight, or why there is none. Destroyed without release it is cancelled.
  class Ticket : public detail::Claim<og_replicas, og_replicas_cancel> {
   public:
    Ticket() = default;
    Ticket(og_replicas* replicas, std::int64_t id, std::int32_t node) noexcept
        : Claim(id > 0 ? replicas : nullptr, id > 0 ? id : 0),
          status_(id > 0 ? Status::ok : static_cast<Status>(id)),
          node_(node) {}

    // ok; none: no node may be chosen; full: `tickets` calls are in flight.
    Status status() const noexcept { return status_; }
    std::int32_t node() const noexcept { return node_; }

    // The call has ended. ok, or lapsed for a ticket that expired, which records nothing.
    Status release(bool success, Duration latency = kSinceBegin) {
      return returned(og_replicas_release(of(), id(), success, detail::latency(latency)),
                      "og_replicas_release");
    }
    Status release_at(bool success, Duration latency, Time now) {
      return returned(
          og_replicas_release_at(of(), id(), success, detail::latency(latency), detail::ns(now)),
          "og_replicas_release_at");
    }
    // The call was not made.
    Status cancel() { return returned(og_replicas_cancel(of(), id()), "og_replicas_cancel"); }
    Status cancel_at(Time now) {
      return returned(og_replicas_cancel_at(of(), id(), detail::ns(now)), "og_replicas_cancel_at");
    }

   private:
    Status status_ = Status::none;
    std::int32_t node_ = OG_NONE;
  };

  using Handle::Handle;
  explicit ReplicaRouter(const Options& options = {})
      : Handle(detail::make<og_replicas>(og_replicas_create, detail::given(options), nullptr)) {}
  ReplicaRouter(const Options& options, const Clock& clock)
      : Handle(detail::make<og_replicas>(og_replicas_create, detail::given(options),
                                         detail::given(clock))) {}

  // The node, not counted in flight; nothing when none may be chosen.
  [[nodiscard]] std::optional<std::int32_t> write() {
    return node(og_replicas_write(handle()), "og_replicas_write");
  }
  [[nodiscard]] std::optional<std::int32_t> read() {
    return node(og_replicas_read(handle()), "og_replicas_read");
  }
  [[nodiscard]] std::optional<std::int32_t> read_at(Time now) {
    return node(og_replicas_read_at(handle(), detail::ns(now)), "og_replicas_read_at");
  }
  // `count` reads, OG_NONE where no node may be chosen.
  void read_many(std::size_t count, std::vector<std::int32_t>& out) {
    out.resize(count);
    detail::checked(og_replicas_read_many(handle(), static_cast<std::int64_t>(count), out.data()),
                    "og_replicas_read_many");
  }

  // The same, counted in flight.
  [[nodiscard]] Ticket acquire(Operation operation) {
    std::int32_t node = OG_NONE;
    std::int64_t ticket = og_replicas_acquire(handle(), operation == Operation::write, &node);
    return Ticket(handle(), detail::checked(ticket, "og_replicas_acquire"), node);
  }
  [[nodiscard]] Ticket acquire_at(Operation operation, Time now) {
    std::int32_t node = OG_NONE;
    std::int64_t ticket =
        og_replicas_acquire_at(handle(), operation == Operation::write, detail::ns(now), &node);
    return Ticket(handle(), detail::checked(ticket, "og_replicas_acquire_at"), node);
  }
  // Takes up a ticket that was let go.
  [[nodiscard]] Ticket adopt(std::int64_t ticket, std::int32_t node = OG_NONE) const noexcept {
    return Ticket(handle(), ticket, node);
  }

  // A node that is not there is an Error.
  void set_healthy(std::int32_t node, bool healthy) {
    detail::checked(og_replicas_set_healthy(handle(), node, healthy), "og_replicas_set_healthy");
  }
  bool healthy(std::int32_t node) const {
    return detail::checked(og_replicas_healthy(handle(), node), "og_replicas_healthy") == 1;
  }

  // Calls acquired and not returned; reads sent to the node; writes in all.
  std::int64_t in_flight(std::int32_t node) const {
    return detail::checked(og_replicas_in_flight(handle(), node), "og_replicas_in_flight");
  }
  std::int64_t reads(std::int32_t node) const {
    return detail::checked(og_replicas_reads(handle(), node), "og_replicas_reads");
  }
  std::int64_t writes() const {
    return detail::checked(og_replicas_writes(handle()), "og_replicas_writes");
  }

 private:
  static std::optional<std::int32_t> node(std::int32_t answer, const char* function) {
    detail::checked(answer, function);
    return answer >= 0 ? std::optional(answer) : std::nullopt;
  }
};

}  // namespace outgrow
