// SPDX-License-Identifier: Apache-2.0
#include "core/service/servers_layer.h"

#include "core/base/hash.h"
#include "core/base/shown_text.h"
#include "core/service/server_list.h"

namespace og {
namespace {

// Those to begin with.
Result<void> add_servers(std::string_view list, EndpointSet& endpoints) {
  auto listed = parse_servers(list);
  if (!listed) return tl::unexpected(std::move(listed.error()));
  for (const ListedServer& server : *listed) {
    auto added = endpoints.add(server.name, server.weight, {});
    if (added) continue;
    return fail(
        Status::kBadValue,
        "option 'servers' cannot hold '" + shown(server.name, 80) + "': " + added.error().message,
        "servers");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ServersLayer>> ServersLayer::make(const LayerContext& context) {
  auto listed = parse_servers(context.settings.servers);
  if (!listed) return tl::unexpected(std::move(listed.error()));
  const Config endpoints = context.config.section("endpoints");
  const Config balancer = context.config.section("balancer");
  if (listed->empty() && endpoints.entries().empty() && balancer.entries().empty()) return nullptr;

  std::unique_ptr<ServersLayer> layer(new ServersLayer(context));
  auto set = EndpointSet::create(endpoints);
  if (!set) return tl::unexpected(in_layer(std::move(set.error()), endpoints));
  layer->endpoints_ = std::move(*set);
  if (auto added = add_servers(context.settings.servers, *layer->endpoints_); !added)
    return tl::unexpected(std::move(added.error()));
  // Before the balancer: the set tells its watchers in their order, and a breaker must be renewed
  // before a plan names its server.
  auto breakers = make_noun(context.config.section("breaker"), [&](const Config& section) {
    return ServerBreakers::create(section, layer->endpoints_, context.clock);
  });
  if (!breakers) return tl::unexpected(std::move(breakers.error()));
  layer->breakers_ = std::move(*breakers);
  auto made =
      make_noun(with_tickets(balancer, context.settings.max_in_flight), [&](const Config& section) {
        return Balancer::create(section, layer->endpoints_, context.clock);
      });
  if (!made) return tl::unexpected(std::move(made.error()));
  layer->balancer_ = std::move(*made);
  return layer;
}

// A server whose breaker lets nobody in is no candidate: its share is the policy's to share out
// among those that do. The rest are asked one by one when there are hardly any such, or another
// caller was quicker. Where a key has a server of its own, it also has a second of its own.
ServerBreakers::Entry ServersLayer::enter_other(std::string_view key, int32_t refused,
                                                int64_t now) noexcept {
  const int32_t other = balancer_->draw_other(
      {.key = key, .now = now, .tried = {&refused, 1}},
      Admits([&](int32_t server) { return breakers_->at(server)->retry_after_at(now) == 0; }));
  if (other >= 0) {
    if (auto entry = breakers_->enter(other, now); entry.permit > 0) return entry;
  }
  const uint64_t start = balancer_->keeps_keys() && !key.empty() ? hash64(key) : turn_.take();
  return breakers_->enter_other(refused, start, now);
}

}  // namespace og
