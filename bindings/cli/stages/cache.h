// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "bindings/cli/log/record.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/summary.h"
#include "bindings/cli/stages/database.h"

namespace og::cli {

/*
 * Third on the way: the service's cache, by URL, before the database.
 *
 * The cache is charged the response's bytes, without holding them; a Not Modified that misses is
 * charged the size that the document's row has. Not Found is cached as an absence. Other answers
 * from 400 up, and HEAD, whose body the log does not know, are not cached.
 */
class DocumentCache {
 public:
  static Result<DocumentCache> create(const ReplaySettings& settings, const og_clock* clock,
                                      Database& database);

  // Whether the cache had it. For responses below 500.
  bool read(const LogRecord& record, uint64_t url_hash, int64_t now_ns);
  void write(const LogRecord& record, uint64_t url_hash, int64_t now_ns);

  Result<void> report(Summary& summary) const;

 private:
  using CacheHandle = Handle<og_cache, &og_cache_destroy>;

  DocumentCache(CacheHandle cache, Database& database)
      : cache_(std::move(cache)), database_(&database) {}
  void note(og_status status);

  CacheHandle cache_;
  Database* database_;
  int64_t hits_ = 0;
  int64_t misses_ = 0;
  int64_t hit_bytes_ = 0;
  int64_t miss_bytes_ = 0;
  int64_t invalidations_ = 0;
  og_status broken_ = OG_OK;  // the first error
};

}  // namespace og::cli
