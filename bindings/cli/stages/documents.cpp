// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/stages/documents.h"

#include <algorithm>

namespace og::cli {
namespace {

bool is_absent(int32_t status) { return status == 404 || status == 410; }

}  // namespace

Result<Documents> Documents::create(const ReplaySettings& settings, const og_clock* clock) {
  Documents documents;
  auto cache = make_noun<CacheHandle>(
      settings, "cache", [&](const og_config* config, og_cache** out, og_error** error) {
        return og_cache_create(config, clock, out, error);
      });
  if (!cache) return tl::unexpected(cache.error());
  documents.cache_ = std::move(*cache);
  auto store = make_noun<StoreHandle>(
      settings, "store", [&](const og_config* config, og_store** out, og_error** error) {
        return og_store_create(config, clock, out, error);
      });
  if (!store) return tl::unexpected(store.error());
  documents.store_ = std::move(*store);
  auto replicas = make_noun<ReplicasHandle>(
      settings, "replicas", [&](const og_config* config, og_replicas** out, og_error** error) {
        return og_replicas_create(config, clock, out, error);
      });
  if (!replicas) return tl::unexpected(replicas.error());
  documents.replicas_ = std::move(*replicas);
  documents.reads_.assign(settings.replicas.size() + 1, 0);
  return documents;
}

int64_t Documents::load(const LogRecord& record) {
  const int32_t node = og_replicas_read(replicas_.get());
  const auto last = reads_.size() - 1;  // node 0 is the primary, counted last
  ++reads_[node <= 0 ? last : std::min(static_cast<std::size_t>(node - 1), last)];
  const auto key_len = static_cast<int64_t>(record.url.size());
  og_value* value = nullptr;
  const int64_t found = og_store_get(store_.get(), record.url.data(), key_len, &value, nullptr);
  if (found == OG_ABSENT) {  // first seen: the origin has it from here on
    ++documents_;
    note(og_store_set(store_.get(), record.url.data(), key_len, &record.bytes,
                      sizeof record.bytes, nullptr));
  } else if (found < 0) {
    note(static_cast<og_status>(found));
  }
  og_value_destroy(&value);
  return record.bytes;
}

bool Documents::read(const LogRecord& record, int64_t now_ns) {
  const auto key_len = static_cast<int64_t>(record.url.size());
  const int64_t found =
      og_cache_get_at(cache_.get(), record.url.data(), key_len, nullptr, 0, now_ns);
  if (found >= 0 || found == OG_ABSENT) {
    ++hits_;
    hit_bytes_ += record.bytes;
    return true;
  }
  ++misses_;
  miss_bytes_ += record.bytes;
  const int64_t size = load(record);
  if (is_absent(record.status)) {
    note(og_cache_set_absent(cache_.get(), record.url.data(), key_len, OG_CACHE_DEFAULT_TTL));
  } else if (record.method == Method::kRead && record.status < 400) {
    const og_status stored =
        og_cache_set_weighted(cache_.get(), record.url.data(), key_len, nullptr, 0,
                              OG_CACHE_DEFAULT_TTL, std::max<int64_t>(1, size));
    if (stored != OG_FULL) note(stored);  // larger than the cache would hold: not cached
  }
  return false;
}

void Documents::write(const LogRecord& record) {
  ++writes_;
  note(og_store_set(store_.get(), record.url.data(), static_cast<int64_t>(record.url.size()),
                    &record.bytes, sizeof record.bytes, nullptr));
  if (og_cache_delete(cache_.get(), record.url.data(), static_cast<int64_t>(record.url.size())) ==
      OG_OK) {
    ++invalidations_;
  }
}

void Documents::note(og_status status) {
  if (status != OG_OK && broken_ == OG_OK) broken_ = status;
}

Result<void> Documents::report(const ReplaySettings& settings, Summary& summary) {
  if (broken_ != OG_OK) return fail(std::string("the store: ") + og_status_text(broken_));
  auto& cache = summary.cache;
  cache.hits = hits_;
  cache.misses = misses_;
  cache.hit_bytes = hit_bytes_;
  cache.miss_bytes = miss_bytes_;
  cache.invalidations = invalidations_;
  cache.evictions = og_cache_stat(cache_.get(), OG_CACHE_EVICTIONS);
  cache.expirations = og_cache_stat(cache_.get(), OG_CACHE_EXPIRATIONS);
  cache.entries = og_cache_stat(cache_.get(), OG_CACHE_ENTRIES);
  cache.entry_bytes = og_cache_stat(cache_.get(), OG_CACHE_BYTES);
  auto& store = summary.store;
  store.kind = "memory";
  for (std::size_t i = 0; i < reads_.size(); ++i) {
    const bool primary = i == settings.replicas.size();
    store.reads.push_back({primary ? "primary" : settings.replicas[i], reads_[i]});
  }
  store.writes = writes_;
  store.documents = documents_;
  return {};
}

}  // namespace og::cli
