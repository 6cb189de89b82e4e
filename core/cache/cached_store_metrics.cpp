// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/cache/cached_store.h"

namespace og {

CachedStoreStats CachedStore::stats() const noexcept {
  CachedStoreStats out;
  out.loads = counters_.total(kLoads);
  out.load_failures = counters_.total(kLoadFailures);
  out.waits = counters_.total(kWaits);
  out.stale = counters_.total(kStaleTaken);
  out.buffer_hits = counters_.total(kBufferHits);
  out.writes = counters_.total(kWrites);
  out.write_failures = counters_.total(kWriteFailures);
  out.refused = counters_.total(kRefused);
  if (behind_) {
    out.drain_ns = behind_->drain_ns();
    out.written_through = behind_->written_through();
    out.buffer = behind_->stats();
    if (out.buffer.oldest_ns != kNeverExpires) {
      out.oldest_age_ns = std::max<int64_t>(0, clock_->now() - out.buffer.oldest_ns);
    }
  }
  return out;
}

void CachedStore::collect(MetricSink& sink) const {
  CachedStoreStats now = stats();
  constexpr const char* kLoadsName = "outgrow_cached_store_loads_total";
  constexpr const char* kLoadsHelp = "Reads of the store for what the cache did not have.";
  sink.counter(kLoadsName, kLoadsHelp, {{"result", "ok"}}, now.loads - now.load_failures);
  sink.counter(kLoadsName, kLoadsHelp, {{"result", "error"}}, now.load_failures);
  sink.histogram("outgrow_cached_store_load_seconds", "Time that reads of the store took.", {},
                 load_time_);
  constexpr const char* kSpared = "outgrow_cached_store_spared_loads_total";
  constexpr const char* kSparedHelp = "Gets that missed and were answered without a read, by what.";
  sink.counter(kSpared, kSparedHelp, {{"by", "waiting"}}, now.waits);
  sink.counter(kSpared, kSparedHelp, {{"by", "stale"}}, now.stale);
  sink.counter(kSpared, kSparedHelp, {{"by", "buffer"}}, now.buffer_hits);
  constexpr const char* kWritesName = "outgrow_cached_store_writes_total";
  constexpr const char* kWritesHelp = "Writes by what their caller was told.";
  sink.counter(kWritesName, kWritesHelp, {{"result", "ok"}}, now.writes);
  sink.counter(kWritesName, kWritesHelp, {{"result", "error"}}, now.write_failures);
  sink.counter(kWritesName, kWritesHelp, {{"result", "full"}}, now.refused);
  if (!behind_) return;
  const WriteBufferStats& buffer = now.buffer;
  sink.gauge("outgrow_cached_store_pending_writes", "Keys whose newest value the store lacks.", {},
             static_cast<double>(buffer.pending));
  sink.gauge("outgrow_cached_store_buffer_bytes", "Charged to the write-behind buffer.", {},
             static_cast<double>(buffer.bytes));
  sink.level("outgrow_cached_store_oldest_write_seconds",
             "Since the oldest buffered write was accepted; what a crash loses is no older.", {},
             static_cast<double>(now.oldest_age_ns) / 1e9);
  sink.gauge("outgrow_cached_store_dead_letters", "Writes given up and kept.", {},
             static_cast<double>(buffer.dead_letters));
  sink.counter("outgrow_cached_store_coalesced_total",
               "Writes that a newer one to their key overtook in the buffer.", {},
               buffer.coalesced);
  sink.counter("outgrow_cached_store_batches_total", "Batches handed out.", {}, buffer.batches);
  sink.counter("outgrow_cached_store_stored_total", "Buffered writes that reached the store.", {},
               buffer.stored);
  sink.counter("outgrow_cached_store_failed_attempts_total",
               "Buffered writes that the store refused, each time that it did.", {},
               buffer.failures);
  sink.counter("outgrow_cached_store_buried_total", "Writes that became dead letters.", {},
               buffer.buried);
  sink.counter("outgrow_cached_store_written_through_total",
               "Writes done by their callers, for want of room in the buffer.", {},
               now.written_through);
  sink.histogram("outgrow_cached_store_lag_seconds", "From a write's acceptance to the store.", {},
                 behind_->lag());
}

}  // namespace og
