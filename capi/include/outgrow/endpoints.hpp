// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/endpoints.h>

#include <cstdint>
#include <optional>
#include <outgrow/clock.hpp>
#include <outgrow/options.hpp>
#include <outgrow/scope.hpp>
#include <string>

namespace outgrow {

// The servers that balancers choose among, each known by its index: endpoints.h has the rules. The
// set may change while others pick. Safe from every thread. An index that no endpoint has is an
// Error.
class Endpoints : public detail::Handle<og_endpoints, og_endpoints_destroy> {
 public:
  using Handle::Handle;
  explicit Endpoints(const Options& options = {})
      : Handle(detail::make<og_endpoints>(og_endpoints_create, detail::given(options))) {}

  // In a scope: one set for every process that makes it under this name.
  Endpoints(const Scope& scope, const std::string& name, const Options& options = {})
      : Handle(detail::make<og_endpoints>(og_endpoints_create_in, detail::given(scope),
                                          detail::c_text(name), detail::given(options))) {}

  // Adds one, healthy: its index. Weights are 0 (never picked) to 1000000.
  std::int32_t add(const std::string& name, std::int64_t weight = 1, const std::string& zone = {}) {
    return put(og_endpoints_add, name, weight, zone);
  }
  // The same, and one that is in the set under that name is given the weight; its health stays.
  std::int32_t put(const std::string& name, std::int64_t weight = 1, const std::string& zone = {}) {
    return put(og_endpoints_put, name, weight, zone);
  }
  // Calls in flight go on.
  void remove(std::int32_t index) { detail::call(og_endpoints_remove, handle(), index); }
  void set_weight(std::int32_t index, std::int64_t weight) {
    detail::call(og_endpoints_set_weight, handle(), index, weight);
  }
  // Whether it may be picked.
  void set_healthy(std::int32_t index, bool healthy) {
    detail::call(og_endpoints_set_healthy, handle(), index, std::int32_t{healthy});
  }

  std::optional<std::int32_t> find(const std::string& name) const {
    std::int32_t index =
        detail::checked(og_endpoints_find(handle(), detail::c_text(name)), "og_endpoints_find");
    return index >= 0 ? std::optional(index) : std::nullopt;
  }
  // The unhealthy included.
  std::int64_t count() const {
    return detail::checked(og_endpoints_count(handle()), "og_endpoints_count");
  }

  // A removed endpoint's until its index is given away.
  std::string name(std::int32_t index) const {
    return detail::take_text(detail::make<og_text>(og_endpoints_name, handle(), index));
  }
  std::string zone(std::int32_t index) const {
    return detail::take_text(detail::make<og_text>(og_endpoints_zone, handle(), index));
  }
  std::int64_t weight(std::int32_t index) const {
    return detail::checked(og_endpoints_weight(handle(), index), "og_endpoints_weight");
  }
  bool healthy(std::int32_t index) const {
    return detail::checked(og_endpoints_healthy(handle(), index), "og_endpoints_healthy") == 1;
  }

  // Calls acquired and not yet returned; returned; and of those failed. By all balancers over the
  // set.
  std::int64_t in_flight(std::int32_t index) const {
    return detail::checked(og_endpoints_in_flight(handle(), index), "og_endpoints_in_flight");
  }
  std::int64_t calls(std::int32_t index) const {
    return detail::checked(og_endpoints_calls(handle(), index), "og_endpoints_calls");
  }
  std::int64_t failures(std::int32_t index) const {
    return detail::checked(og_endpoints_failures(handle(), index), "og_endpoints_failures");
  }
  // What a share (0 to 1) of the returned calls did not exceed, to within 25 %.
  Duration latency(std::int32_t index, double share) const {
    return Duration(
        detail::checked(og_endpoints_latency(handle(), index, share), "og_endpoints_latency"));
  }

 private:
  template <class How>
  std::int32_t put(How how, const std::string& name, std::int64_t weight, const std::string& zone) {
    detail::ErrorOut error;
    std::int32_t index =
        how(handle(), detail::c_text(name), weight, detail::c_text(zone), error.out());
    if (index < 0) error.raise(index);  // a full set too
    return index;
  }
};

}  // namespace outgrow
