// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/settings.h"

namespace og::cli {

const std::vector<OwnOption>& own_options() {
  static const std::vector<OwnOption> rows = {
      {"balancer", "servers", "[\"app-1\" .. \"app-4\"]", 1, 0, "", "The servers' names."},
      {"balancer", "weights", "all 1", 1, 0, "", "A whole number for each server, 1 to 1000."},
      {"balancer", "hash", "client", 1, 0, "", "What a hashing policy hashes: client or url."},
      {"replicas", "names", "[\"replica-1\", \"replica-2\"]", 1, 0, "",
       "The read replicas' names; [] sends every read to the primary."},

      {"service_time", "hit_ms", "2", 0, 60000, "ms",
       "CPU time of a request answered from the cache."},
      {"service_time", "miss_ms", "20", 0, 60000, "ms",
       "CPU time of a read that goes to the store."},
      {"service_time", "write_ms", "30", 0, 60000, "ms", "CPU time of a write."},
      {"service_time", "per_mib_ms", "8", 0, 60000, "ms", "CPU time on top for each MiB sent."},
      {"service_time", "denied_ms", "0.05", 0, 60000, "ms",
       "CPU time of a request that the limiter or a breaker turns away."},
      {"service_time", "timeout_ms", "30000", 1, 3.6e6, "ms",
       "The latency of an overloaded instance: clients give up."},
      {"service_time", "memory_percent", "35", 0, 100, "percent",
       "Memory in use on every instance, whatever the load."},
      {"service_time", "start_ms", "120000", 0, 3.6e6, "ms",
       "From the decision to add an instance until it serves."},
      {"service_time", "growth", "auto", 0.001, 1e9, "times",
       "How many times the log's traffic the autoscaler faces. auto: so many that the busiest "
       "minute "
       "fills peak_instances, and at least 1."},
      {"service_time", "peak_instances", "8", 1, 10000, "instances",
       "Instances, of one CPU each, that the busiest minute fills when growth is auto."},

      {"report", "title", "", 1, 0, "", "The report's heading."},
      {"report", "worst_clients", "10", 0, 1000, "", "How many denied clients to list."},
  };
  return rows;
}

const std::vector<NounDefault>& noun_defaults() {
  static const std::vector<NounDefault> rows = {
      {"limiter", "rate", "1/s"},
      {"limiter", "burst", "60"},
      {"autoscaler", "max_instances", "20"},
  };
  return rows;
}

}  // namespace og::cli
