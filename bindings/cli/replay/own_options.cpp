// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/settings.h"

namespace og::cli {

const std::vector<OwnOption>& own_options() {
  static const std::vector<OwnOption> rows = {
      {"balancer", "servers", R"(["app-1", "app-2", "app-3", "app-4"])", 1, 0, "",
       "The servers' names."},
      {"balancer", "weights", "[1, 1, 1, 1]", 1, 0, "",
       "A whole number for each server, 1 to 1000."},
      {"balancer", "hash", "client", 1, 0, "", "What a hashing policy hashes: client or url."},

      {"service_time", "hit_ms", "2", 0, 60000, "ms",
       "CPU time of a request answered from the cache."},
      {"service_time", "miss_ms", "20", 0, 60000, "ms",
       "CPU time of a read that goes to the store."},
      {"service_time", "write_ms", "30", 0, 60000, "ms", "CPU time of a write."},
      {"service_time", "per_mib_ms", "8", 0, 60000, "ms", "CPU time on top for each MiB sent."},
      {"service_time", "in_flight", "1", 1, 10000, "requests",
       "Requests that an instance works on at once, each for its logged duration. Where the log "
       "has "
       "durations they count instead of the CPU times above, but for what the cache answers."},
      {"service_time", "denied_ms", "0.05", 0, 60000, "ms",
       "CPU time of a request that the limiter or a breaker turns away."},
      {"service_time", "timeout_ms", "30000", 1, 3.6e6, "ms",
       "The latency of an overloaded instance: clients give up."},
      {"service_time", "memory_percent", "35", 0, 100, "percent",
       "Memory in use on every instance, whatever the load."},
      {"service_time", "start_ms", "120000", 0, 3.6e6, "ms",
       "From the decision to add an instance until it serves."},
      {"service_time", "growth", "1", 0.001, 1e9, "times",
       "How many times the log's traffic the autoscaler faces. auto: so many that the busiest "
       "minute fills peak_instances, and at least 1.",
       false, true},
      {"service_time", "peak_instances", "8", 1, 10000, "instances",
       "Instances, of one CPU each, that the busiest minute fills when growth is auto."},

      {"report", "title", "", 1, 0, "", "The report's heading."},
      {"report", "worst_clients", "10", 0, 1000, "", "How many denied clients to list.", true},
  };
  return rows;
}

const std::vector<NounDefault>& noun_defaults() {
  // Seeds, so that replaying twice decides the same; tickets for all that one second may hold.
  static constexpr std::string_view kSeed = "20250312";
  static const std::vector<NounDefault> rows = {
      {"limiter", "rate", "1/s"},
      {"limiter", "burst", "60", "Where the file gives a rate, it is the library's default.",
       "rate"},
      {"limiter", "seed", kSeed},
      {"endpoints", "max_endpoints", "1000"},
      {"balancer", "seed", kSeed},
      {"balancer", "tickets", "65536"},
      {"cache", "seed", kSeed},
      {"replicas", "seed", kSeed},
      {"replicas", "tickets", "65536"},
      {"store", "kind", "sqlite"},
      {"store", "path", "",
       "Without one the replay takes a temporary file, exclusive, and gone when it ends; what is "
       "in a "
       "file of yours when it begins counts as there."},
      {"autoscaler", "max_instances", "20"},
      {"autoscaler", "policy", "demand"},
  };
  return rows;
}

}  // namespace og::cli
