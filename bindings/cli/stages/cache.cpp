// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/stages/cache.h"

#include <algorithm>

#include "bindings/cli/figures.h"

namespace og::cli {
namespace {

bool is_absent(int32_t status) { return status == 404 || status == 410; }

}  // namespace

Result<DocumentCache> DocumentCache::create(const ReplaySettings& settings, const og_clock* clock,
                                            Database& database) {
  auto cache = make_noun<CacheHandle>(
      settings, "cache", [&](const og_config* config, og_cache** out, og_error** error) {
        return og_cache_create(config, clock, out, error);
      });
  if (!cache) return tl::unexpected(cache.error());
  return DocumentCache(std::move(*cache), database);
}

bool DocumentCache::read(const LogRecord& record, uint64_t url_hash, int64_t now_ns) {
  const auto key_len = static_cast<int64_t>(record.url.size());
  const int64_t found =
      og_cache_get_at(cache_.get(), record.url.data(), key_len, now_ns, nullptr, 0);
  if (found >= 0 || found == OG_ABSENT) {
    ++hits_;
    add_bytes(hit_bytes_, record.bytes);
    return true;
  }
  ++misses_;
  add_bytes(miss_bytes_, record.bytes);
  const int64_t size = database_->read(record, url_hash, now_ns);
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

void DocumentCache::write(const LogRecord& record, uint64_t url_hash, int64_t now_ns) {
  database_->write(record, url_hash, now_ns);
  const og_status deleted =
      og_cache_delete(cache_.get(), record.url.data(), static_cast<int64_t>(record.url.size()));
  if (deleted == OG_OK) ++invalidations_;
}

void DocumentCache::note(og_status status) {
  if (status != OG_OK && broken_ == OG_OK) broken_ = status;
}

Result<void> DocumentCache::report(Summary& summary) const {
  if (broken_ != OG_OK) return fail(std::string("the cache: ") + og_status_text(broken_));
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
  return {};
}

}  // namespace og::cli
