// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/stages/servers.h"

#include <algorithm>

#include "bindings/cli/replay/library_options.h"

namespace og::cli {
Result<Servers> Servers::create(const ReplaySettings& settings, const og_clock* clock) {
  Servers servers;
  auto endpoints = make_noun<EndpointsHandle>(
      settings, "endpoints", [](const og_config* config, og_endpoints** out, og_error** error) {
        return og_endpoints_create(config, out, error);
      });
  if (!endpoints) return tl::unexpected(endpoints.error());
  servers.endpoints_ = std::move(*endpoints);
  if (auto added = servers.add_servers(settings); !added) return tl::unexpected(added.error());
  auto balancer = make_noun<BalancerHandle>(
      settings, "balancer", [&](const og_config* config, og_balancer** out, og_error** error) {
        return og_balancer_create(config, servers.endpoints_.get(), clock, out, error);
      });
  if (!balancer) return tl::unexpected(balancer.error());
  servers.balancer_ = std::move(*balancer);
  for (std::size_t i = 0; i < settings.servers.size(); ++i) {
    auto breaker = make_noun<BreakerHandle>(
        settings, "breaker", [&](const og_config* config, og_breaker** out, og_error** error) {
          return og_breaker_create(config, clock, out, error);
        });
    if (!breaker) return tl::unexpected(breaker.error());
    servers.breakers_.push_back(std::move(*breaker));
  }
  servers.picks_.assign(settings.servers.size(), 0);
  return servers;
}

// In a new set indexes are given in order, so an endpoint's index is the server's.
Result<void> Servers::add_servers(const ReplaySettings& settings) {
  for (const auto& server : settings.servers) {
    og_error* error = nullptr;
    const int32_t index =
        og_endpoints_add(endpoints_.get(), server.name.c_str(), server.weight, "", &error);
    const ErrorHandle owned(error);
    if (index < 0) {
      return fail("[balancer] server '" + printable(server.name) + "': " + og_error_message(error));
    }
  }
  return {};
}

Servers::Visit Servers::begin(std::string_view key, int64_t now_ns) {
  busy_.end_until(now_ns, [this](const InFlight::Call& call) {
    // OG_LAPSED when ticket_ms ended it before.
    og_balancer_release_at(balancer_.get(), call.ticket, call.success ? 1 : 0, call.latency_ns,
                           call.until_ns);
  });
  bring_back(now_ns);
  for (Visit visit{kUnplaced, 0, 0};;) {
    visit.ticket = og_balancer_acquire_at(balancer_.get(), key.data(),
                                          static_cast<int64_t>(key.size()), now_ns, &visit.server);
    if (visit.ticket <= 0) {
      const bool refused = !shut_.empty();
      ++(refused ? refused_ : unplaced_);
      visit.server = refused ? kRefused : kUnplaced;
      return visit;
    }
    const auto at = static_cast<std::size_t>(visit.server);
    visit.permit = og_breaker_enter_at(breakers_[at].get(), now_ns);
    if (visit.permit > 0) {
      ++picks_[at];
      return visit;
    }
    og_balancer_cancel(balancer_.get(), visit.ticket);
    og_endpoints_set_healthy(endpoints_.get(), visit.server, 0, nullptr);
    shut_.push_back(visit.server);
  }
}

// Those whose breaker lets a request try again.
void Servers::bring_back(int64_t now_ns) {
  std::erase_if(shut_, [&](int32_t server) {
    const auto& breaker = breakers_[static_cast<std::size_t>(server)];
    if (og_breaker_retry_after_at(breaker.get(), now_ns) != 0) return false;
    og_endpoints_set_healthy(endpoints_.get(), server, 1, nullptr);
    return true;
  });
}

void Servers::end(const Visit& visit, bool failed, int64_t busy_ns, int64_t now_ns) {
  if (failed) ++failures_;
  og_breaker_exit_at(breakers_[static_cast<std::size_t>(visit.server)].get(), visit.permit,
                     failed ? 0 : 1, now_ns);
  busy_.add({now_ns + busy_ns, visit.ticket, busy_ns, !failed});
}

void Servers::report(const ReplaySettings& settings, Summary& summary) const {
  auto& balancer = summary.balancer;
  balancer.policy = option_value(settings, "balancer", "policy");
  int64_t placed = 0;
  int64_t weights = 0;
  for (std::size_t i = 0; i < picks_.size(); ++i) {
    balancer.picks.push_back({settings.servers[i].name, picks_[i]});
    balancer.weights.push_back(settings.servers[i].weight);
    placed += picks_[i];
    weights += settings.servers[i].weight;
  }
  for (std::size_t i = 0; i < picks_.size() && placed > 0; ++i) {
    const double fair = static_cast<double>(placed) *
                        static_cast<double>(settings.servers[i].weight) /
                        static_cast<double>(weights);
    balancer.imbalance = std::max(balancer.imbalance, static_cast<double>(picks_[i]) / fair);
  }
  balancer.unplaced = unplaced_;
  auto& breaker = summary.breaker;
  breaker.refused = refused_;
  breaker.failures = failures_;
  for (std::size_t i = 0; i < breakers_.size(); ++i) {
    const int64_t transitions = og_breaker_transitions(breakers_[i].get());
    breaker.transitions += transitions;
    breaker.by_server.push_back({settings.servers[i].name, transitions});
  }
}

}  // namespace og::cli
