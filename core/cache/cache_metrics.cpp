// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cache.h"

namespace og {

CacheShardStats& CacheShardStats::operator+=(const CacheShardStats& other) {
  entries += other.entries;
  bytes += other.bytes;
  leases += other.leases;
  retired_bytes += other.retired_bytes;
  writes += other.writes;
  evictions += other.evictions;
  probation_evictions += other.probation_evictions;
  expirations += other.expirations;
  too_large += other.too_large;
  leases_granted += other.leases_granted;
  leases_lapsed += other.leases_lapsed;
  return *this;
}

void Cache::collect(MetricSink& sink) const {
  CacheStats now = stats();
  const CacheShardStats& all = now.totals;
  constexpr const char* kLookups = "outgrow_cache_lookups_total";
  constexpr const char* kLookupsHelp = "Lookups by what they found.";
  sink.counter(kLookups, kLookupsHelp, {{"result", "hit"}}, now.hits);
  sink.counter(kLookups, kLookupsHelp, {{"result", "absent"}}, now.negative_hits);
  sink.counter(kLookups, kLookupsHelp, {{"result", "stale"}}, now.stale_hits);
  sink.counter(kLookups, kLookupsHelp, {{"result", "wait"}}, now.waits);
  sink.counter(kLookups, kLookupsHelp, {{"result", "miss"}}, now.misses - now.waits);
  constexpr const char* kEvictions = "outgrow_cache_evictions_total";
  constexpr const char* kEvictionsHelp = "Entries removed to make room, by the queue they left.";
  sink.counter(kEvictions, kEvictionsHelp, {{"queue", "probation"}}, all.probation_evictions);
  sink.counter(kEvictions, kEvictionsHelp, {{"queue", "main"}},
               all.evictions - all.probation_evictions);
  sink.counter("outgrow_cache_expirations_total", "Entries removed past their time to live.", {},
               all.expirations);
  sink.counter("outgrow_cache_writes_total", "Values and absences stored.", {}, all.writes);
  sink.counter("outgrow_cache_too_large_total", "Values refused as larger than a shard.", {},
               all.too_large);
  sink.counter("outgrow_cache_leases_granted_total", "Leases handed to a caller who loads.", {},
               all.leases_granted);
  sink.counter("outgrow_cache_leases_lapsed_total",
               "Fills refused, their lease no longer standing.", {}, all.leases_lapsed);
  sink.gauge("outgrow_cache_entries", "Entries held.", {}, static_cast<double>(all.entries));
  sink.gauge("outgrow_cache_bytes", "Bytes held, as charged against the budget.", {},
             static_cast<double>(all.bytes));
  sink.gauge("outgrow_cache_retired_bytes", "Bytes unlinked and not yet freed.", {},
             static_cast<double>(all.retired_bytes));
  sink.gauge("outgrow_cache_leases", "Leases outstanding.", {}, static_cast<double>(all.leases));
}

}  // namespace og
