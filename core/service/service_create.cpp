// SPDX-License-Identifier: Apache-2.0
// A service from its configuration; what it does with requests is in service.cpp.
#include "core/base/shown_text.h"
#include "core/service/server_list.h"
#include "core/service/service.h"
#include "core/service/service_options.h"

namespace og {
namespace {

// Makes a layer if the config names one of its options.
template <class Layer, class Make>
Result<void> make_layer(const Config& section, std::shared_ptr<Layer>* out, Make&& make) {
  if (section.entries().empty()) return {};
  auto made = std::forward<Make>(make)(section);
  if (!made) return tl::unexpected(in_layer(std::move(made.error()), section));
  *out = std::move(*made);
  return {};
}

}  // namespace

Result<std::unique_ptr<Service>> Service::create(const Config& config, ClockPtr clock) {
  auto settings = ServiceSettings::resolve(config);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  std::unique_ptr<Service> service(new Service(*settings, std::move(clock)));
  auto made = service->make_balancer(config, settings->servers);
  if (made) made = service->make_layers(config);
  if (!made) return tl::unexpected(std::move(made.error()));
  return service;
}

Result<void> Service::make_balancer(const Config& config, std::string_view servers) {
  auto listed = parse_servers(servers);
  if (!listed) return tl::unexpected(std::move(listed.error()));
  Config endpoints = config.section("endpoints"), balancer = config.section("balancer");
  if (listed->empty() && endpoints.entries().empty() && balancer.entries().empty()) return {};

  auto set = EndpointSet::create(endpoints);
  if (!set) return tl::unexpected(in_layer(std::move(set.error()), endpoints));
  endpoints_ = std::move(*set);
  for (const ListedServer& server : *listed) {
    auto added = endpoints_->add(server.name, server.weight, {});
    if (!added) {
      return fail(
          Status::kBadValue,
          "option 'servers' cannot hold '" + shown(server.name, 80) + "': " + added.error().message,
          "servers");
    }
  }
  // Before the balancer: the set tells its watchers in their order, and a breaker must be renewed
  // before a plan names its server.
  auto made = make_layer(config.section("breaker"), &breakers_, [&](const Config& section) {
    return ServerBreakers::create(section, endpoints_, clock_);
  });
  if (!made) return made;
  return make_layer(with_tickets(balancer, max_in_flight_), &balancer_, [&](const Config& section) {
    return Balancer::create(section, endpoints_, clock_);
  });
}

Result<void> Service::make_layers(const Config& config) {
  auto made = make_layer(config.section("limiter"), &limiter_,
                         [&](const Config& section) { return Limiter::create(section, clock_); });
  if (made && !endpoints_) {
    made = make_layer(config.section("breaker"), &breaker_,
                      [&](const Config& section) { return Breaker::create(section, clock_); });
  }
  if (made) {
    made = make_layer(config.section("cache"), &cache_,
                      [&](const Config& section) { return Cache::create(section, clock_); });
  }
  Config replicas = config.section("replicas");
  if (made && !replicas.entries().empty()) {
    made =
        make_layer(with_tickets(replicas, max_in_flight_), &replicas_,
                   [&](const Config& section) { return ReplicaRouter::create(section, clock_); });
  }
  return made;
}

}  // namespace og
