// SPDX-License-Identifier: Apache-2.0
// No call in flight of the dead's, each call counted, and the set whole, which workers change
// meanwhile.
#include "tests/stress/storm/endpoints_guest.h"

#include <array>

#include "core/balance/balancer.h"
#include "core/base/random.h"

namespace og::storm {
namespace {

// The first are always there; each worker puts one of the others in and takes it out again.
constexpr int kServers = 4;
// With room for indexes whose first holder was half made when its maker died: what was counted
// stays.
constexpr int64_t kMost = 32;

class EndpointsGuest final : public Guest {
 public:
  std::string name() const override { return "endpoints"; }

  std::function<void()> work(const std::shared_ptr<Segment>& segment, int worker) override {
    auto pool = std::make_shared<Pool>(segment);
    auto random = std::make_shared<Random>(entropy_seed());
    return [this, worker, pool, random] {
      if (random->below(16) == 0) pool->change(static_cast<int>(random->below(kWorkers)));
      Tally& tally = (*ledger_)[static_cast<size_t>(worker)];
      tally.begun.fetch_add(1);
      int32_t endpoint = -1;
      const int64_t ticket = pool->balancer->acquire("", &endpoint);
      if (ticket > 0) pool->balancer->release(ticket, true, 0);
      tally.ended.fetch_add(1);
    };
  }

  Report judge(const std::shared_ptr<Segment>& segment, int64_t, int64_t kills) override {
    Report report;
    Pool pool(segment);
    int64_t calls = 0, begun = 0;
    for (const Tally& tally : *ledger_) begun += tally.begun;
    for (int32_t i = 0; const Endpoint* endpoint = pool.set->observe(i); ++i) {
      const int64_t out = endpoint->in_flight.load();
      if (out != 0)
        report.faults.push_back(std::to_string(out) + " of the dead are in flight at " +
                                std::to_string(i));
      calls += endpoint->counts.calls;
    }
    if (calls > begun || calls < begun - kills) {
      report.faults.push_back("counted " + std::to_string(calls) + " calls of " +
                              std::to_string(begun));
    }
    for (int i = 0; i < kServers; ++i) {
      if (pool.set->find(server(i)) < 0) report.faults.push_back("lost " + server(i));
    }
    if (pool.set->count() > kServers + kWorkers)
      report.faults.push_back("has more than were put in");
    report.done =
        std::to_string(calls) + " calls, " + std::to_string(pool.set->count()) + " in the set";
    return report;
  }

 private:
  static std::string server(int i) { return "server-" + std::to_string(i); }

  struct Pool {
    explicit Pool(const std::shared_ptr<Segment>& segment) {
      Config config;
      config.set_int("max_endpoints", kMost);
      set = must(EndpointSet::create(config, Place(segment, "endpoints")));
      config = {};
      config.set("policy", "least_connections");
      config.set("ticket_ms", "0");
      balancer = must(Balancer::create(config, set, system_clock()));
      for (int i = 0; i < kServers; ++i) must(set->put(server(i), 1, "zone"));
    }
    // Others may be at the same.
    void change(int i) {
      const int32_t found = set->find(server(kServers + i));
      if (found >= 0)
        (void)set->remove(found);
      else
        (void)set->put(server(kServers + i), 1, "zone");
    }
    std::shared_ptr<EndpointSet> set;
    std::shared_ptr<Balancer> balancer;
  };

  std::array<Tally, kWorkers>* const ledger_ =
      test::make_shared_memory<std::array<Tally, kWorkers>>();
};

}  // namespace

std::unique_ptr<Guest> endpoints_guest() { return std::make_unique<EndpointsGuest>(); }

}  // namespace og::storm
