// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "core/balance/turn.h"
#include "core/service/layer.h"
#include "core/service/server_breakers.h"

namespace og {

// Which server takes the request: endpoints, the balancer over them, a breaker each.
//
// The server is picked, its breaker entered and the call counted there within one pass of the set's
// gate, so that an index means one server throughout. When the breaker of the one picked refuses,
// the policy picks among those whose breakers do not. The pick stays made whatever a later layer
// says: its turn was taken.
//
// The balancer's ticket is given back last: an index is another server's only once nothing is in
// flight at it, and until then its breaker is the one that gave the permit.
class ServersLayer final : public ServiceLayer {
 public:
  static constexpr size_t kWords = 2;
  static constexpr std::array kOptions = {&kEndpointsOptions, &kBalancerOptions, &kBreakerOptions};

  static Result<std::unique_ptr<ServersLayer>> make(const LayerContext& context);

  bool enter(Passage& passage) override;
  bool hold(Passage& passage) override;
  void undo(const Taken& taken, std::string_view, int64_t now) noexcept override {
    if (const int64_t permit = word(taken, kPermit); permit > 0)
      breakers_->at(taken.server)->cancel_at(permit, now);
    if (const int64_t ticket = word(taken, kTicket); ticket > 0) balancer_->cancel_at(ticket, now);
  }
  Status end(const Call& call, const ServiceEnding& ending, int64_t now) noexcept override {
    const Taken& taken = call.taken;
    if (const int64_t permit = word(taken, kPermit); permit > 0)
      breakers_->at(taken.server)->exit_at(permit, ending.success, now);
    balancer_->release_at(word(taken, kTicket), ending.success, ending.latency_ns, now);
    return Status::kOk;
  }
  bool would_refuse(const ServiceRequest&, int64_t now) const noexcept override {
    if (!breakers_) return false;
    auto pass = endpoints_->gate().enter();
    return !breakers_->any_lets_in(now);
  }

  void collect(MetricSink& sink) const override {
    endpoints_->collect(sink);
    balancer_->collect(sink);
    if (breakers_) breakers_->collect(sink);
  }
  std::shared_ptr<void> noun(const OptionTable& of, int32_t server) const override {
    if (&of == &kEndpointsOptions) return endpoints_;
    if (&of == &kBalancerOptions) return balancer_;
    if (&of == &kBreakerOptions && breakers_) return {breakers_, breakers_->at(server)};
    return nullptr;
  }

 private:
  enum Word : size_t { kPermit, kTicket };

  explicit ServersLayer(const LayerContext& context)
      : ServiceLayer(context.first_word),
        by_client_(context.settings.balance_by_client),
        counts_(context.counts) {}
  ServerBreakers::Entry enter_other(std::string_view key, int32_t refused, int64_t now) noexcept;

  const bool by_client_;
  ServiceCounts& counts_;
  std::shared_ptr<EndpointSet> endpoints_;
  std::shared_ptr<ServerBreakers> breakers_;  // null without breakers
  std::shared_ptr<Balancer> balancer_;
  Turn turn_;
};

inline bool ServersLayer::enter(Passage& passage) {
  const ServiceRequest& request = passage.request;
  passage.pass.emplace(endpoints_->gate());
  const std::string_view key = by_client_ || request.key.empty() ? request.client : request.key;
  const int32_t picked = balancer_->draw({.key = key, .now = passage.now});
  int32_t server = picked;
  if (picked >= 0 && breakers_) {
    ServerBreakers::Entry entry = breakers_->enter(picked, passage.now);
    if (entry.permit <= 0) [[unlikely]] {
      entry = enter_other(key, picked, passage.now);
      if (entry.permit <= 0) {
        counts_.add(ServiceCount::kRefused);
        return passage.finish(Status::kRefused, entry.retry_after);
      }
    }
    server = entry.server;
    word(passage.taken, kPermit) = entry.permit;
  }
  balancer_->count(server);
  if (server < 0) {
    counts_.add(ServiceCount::kNoServer);
    return passage.finish(Status::kNone);
  }
  if (server != picked) counts_.add(ServiceCount::kRerouted);
  passage.taken.server = server;
  return true;
}

inline bool ServersLayer::hold(Passage& passage) {
  const int64_t ticket = balancer_->hold_at(passage.taken.server, passage.now);
  if (ticket > 0) [[likely]] {
    word(passage.taken, kTicket) = ticket;
    return true;
  }
  counts_.add(ServiceCount::kFull);
  return passage.finish(static_cast<Status>(ticket));
}

}  // namespace og
