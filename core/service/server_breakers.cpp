// SPDX-License-Identifier: Apache-2.0
#include "core/service/server_breakers.h"

#include <algorithm>
#include <limits>

namespace og {

Result<std::shared_ptr<ServerBreakers>> ServerBreakers::create(
    const Config& config, std::shared_ptr<EndpointSet> endpoints, ClockPtr clock) {
  auto checked = Options::resolve(kBreakerOptions, config);  // those made later cannot fail
  if (!checked) return tl::unexpected(checked.error());
  std::shared_ptr<ServerBreakers> breakers(
      new ServerBreakers(config, std::move(endpoints), std::move(clock)));
  breakers->endpoints_->watch(breakers.get());
  return breakers;
}

ServerBreakers::ServerBreakers(const Config& config, std::shared_ptr<EndpointSet> endpoints,
                               ClockPtr clock)
    : config_(config),
      endpoints_(std::move(endpoints)),
      clock_(std::move(clock)),
      owned_(new std::unique_ptr<Breaker>[endpoints_->capacity()]),
      table_(new std::atomic<Breaker*>[endpoints_->capacity()]()) {}

ServerBreakers::~ServerBreakers() { endpoints_->unwatch(this); }

Breaker* ServerBreakers::at(int32_t server) const noexcept {
  if (server < 0 || static_cast<size_t>(server) >= endpoints_->capacity()) return nullptr;
  return table_[static_cast<size_t>(server)].load(std::memory_order_acquire);
}

void ServerBreakers::prepare(Draft& draft) {
  const std::span<const Member> members = draft.members();
  candidates_.reserve();
  prepared_ = std::make_unique<Candidates>();
  prepared_->servers.reserve(members.size());
  fresh_.clear();
  for (const Member& member : members) {
    int32_t server = member.endpoint->index;
    auto& breaker = owned_[static_cast<size_t>(server)];
    if (!breaker) {
      breaker = Breaker::create(config_, clock_).value();
      table_[static_cast<size_t>(server)].store(breaker.get(), std::memory_order_release);
    }
    if (member.fresh) fresh_.push_back(server);
    if (member.healthy && member.weight > 0) prepared_->servers.push_back(server);
  }
}

void ServerBreakers::commit() noexcept {
  for (int32_t server : fresh_) owned_[static_cast<size_t>(server)]->renew();
  candidates_.publish(std::move(prepared_), endpoints_->gate());
}

ServerBreakers::Entry ServerBreakers::enter_other(int32_t refused, uint64_t start,
                                                  int64_t now) const noexcept {
  const std::vector<int32_t>& servers = candidates_.get()->servers;
  int64_t soonest = at(refused)->retry_after_at(now);
  for (size_t i = 0; i < servers.size(); ++i) {
    int32_t server = servers[(start % servers.size() + i) % servers.size()];
    if (server == refused) continue;
    Breaker& breaker = *at(server);
    if (int64_t permit = breaker.enter_at(now); permit > 0) return {server, permit, 0};
    soonest = std::min(soonest, breaker.retry_after_at(now));
  }
  return {.retry_after = soonest};
}

bool ServerBreakers::any_lets_in(int64_t now) const noexcept {
  const std::vector<int32_t>& servers = candidates_.get()->servers;
  return std::any_of(servers.begin(), servers.end(),
                     [&](int32_t server) { return at(server)->retry_after_at(now) == 0; });
}

void ServerBreakers::collect(MetricSink& sink) const {
  for (size_t i = 0; i < endpoints_->capacity(); ++i) {
    auto server = static_cast<int32_t>(i);
    const Breaker* breaker = at(server);
    if (!breaker || !endpoints_->weight(server)) continue;  // gone
    auto name = endpoints_->name(server);
    if (!name) continue;
    MetricSink::Scope scope(sink, "endpoint", *name);
    breaker->collect(sink);
  }
}

}  // namespace og
