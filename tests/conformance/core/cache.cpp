// SPDX-License-Identifier: Apache-2.0
#include "cache_driver.h"

namespace og::conformance {

json CacheDriver::copy(const json& step, int64_t) {
  std::string out(static_cast<size_t>(whole(step, "capacity")), '\0');
  const int64_t size = cache->copy(text(step, "key"), out.data(), static_cast<int64_t>(out.size()));
  if (size < 0) return word(static_cast<Status>(size));
  return {{"size", size}, {"bytes", out.substr(0, static_cast<size_t>(size))}};
}

json CacheDriver::stat(const json& step, int64_t) {
  const CacheStats now = cache->stats();
  const std::map<std::string, int64_t> all = {{"entries", now.totals.entries},
                                              {"bytes", now.totals.bytes},
                                              {"leases", now.totals.leases},
                                              {"hits", now.hits},
                                              {"negative_hits", now.negative_hits},
                                              {"stale_hits", now.stale_hits},
                                              {"misses", now.misses},
                                              {"waits", now.waits},
                                              {"evictions", now.totals.evictions},
                                              {"expirations", now.totals.expirations},
                                              {"too_large", now.totals.too_large}};
  return all.at(step.at("name"));
}

}  // namespace og::conformance
