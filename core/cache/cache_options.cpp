// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cache_options.h"

#include <algorithm>
#include <bit>

#include "core/base/random.h"
#include "core/base/typed_options.h"
#include "core/cache/evictions.h"

namespace og {
namespace {

constexpr double kYearMs = 365.0 * 24 * 3600 * 1000;
constexpr double kMaxBytes = 1ll << 50;
constexpr double kMaxEntries = 1ll << 40;

// clang-format off: a row an option
constexpr OptionSpec kCacheRows[] = {
    {.name = "capacity_bytes", .type = OptionType::kBytes, .fallback = "64MiB", .min = 0,
     .max = kMaxBytes, .unit = "bytes",
     .doc = "Budget for keys, values and 160 bytes an entry; 0 is none, as is the default when "
            "capacity_entries is given.",
     .changes = true},
    {.name = "capacity_entries", .type = OptionType::kInt, .fallback = "0", .min = 0,
     .max = kMaxEntries, .unit = "entries",
     .doc = "Most entries held; 0 is no such bound.", .changes = true},
    {.name = "shards", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1024,
     .doc = "Parts with a lock for writers each, a power of two; the budget is split evenly. 0 is "
            "one for every 16 MiB or 32768 entries, up to 16."},
    {.name = "ttl_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0, .max = kYearMs,
     .unit = "ms",
     .doc = "How long a value stays fresh when its writer does not say; 0 is for ever."},
    {.name = "ttl_jitter", .type = OptionType::kDouble, .fallback = "0", .min = 0, .max = 1,
     .doc = "Shortens each time to live by a random share of up to this, so that what was cached "
            "together does not expire together."},
    {.name = "negative_ttl_ms", .type = OptionType::kDuration, .fallback = "10s", .min = 0,
     .max = kYearMs, .unit = "ms",
     .doc = "How long a key is taken to be absent when the writer does not say; 0 is for ever."},
    {.name = "stale_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0, .max = kYearMs,
     .unit = "ms",
     .doc = "How long after expiry a value may still be handed out while one caller loads anew."},
    {.name = "lease_ms", .type = OptionType::kDuration, .fallback = "10s", .min = 1, .max = kYearMs,
     .unit = "ms",
     .doc = "How long a lease stands: the longest that a loader that died keeps others waiting."},
    {.name = "max_leases", .type = OptionType::kInt, .fallback = "65536", .min = 1, .max = 1 << 30,
     .doc = "Most leases outstanding; the oldest is withdrawn for one more."},
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992.0,
     .doc = "Seeds hashing and jitter; 0 draws a seed that no client can guess. Give one to repeat "
            "a run exactly."},
};
// clang-format on

}  // namespace

constexpr OptionTable kCacheOptions{"cache", kCacheRows};

Result<CacheSettings> CacheSettings::resolve(const Config& config) {
  auto options = OptionsOf<kCacheOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  CacheSettings out;
  out.capacity_bytes = options->bytes("capacity_bytes");
  out.capacity_entries = options->integer("capacity_entries");
  if (out.capacity_entries > 0 && !options->given("capacity_bytes")) out.capacity_bytes = 0;
  if (out.capacity_bytes == 0 && out.capacity_entries == 0) {
    return fail(Status::kBadValue,
                "capacity_bytes and capacity_entries are both 0: a cache needs one bound",
                "capacity_bytes");
  }
  out.shards = options->integer("shards");
  if (out.shards == 0) {
    int64_t room = out.capacity_bytes > 0 ? out.capacity_bytes >> 24 : out.capacity_entries >> 15;
    if (out.capacity_entries > 0) room = std::min(room, out.capacity_entries >> 15);
    out.shards = static_cast<int64_t>(
        std::bit_floor(static_cast<uint64_t>(std::clamp<int64_t>(room, 1, 16))));
  }
  if (!std::has_single_bit(static_cast<uint64_t>(out.shards))) {
    return fail(Status::kBadValue,
                "shards is " + std::to_string(out.shards) + "; allowed are powers of two to 1024",
                "shards");
  }
  if (out.capacity_entries > 0 && out.shards > out.capacity_entries) {
    return fail(Status::kBadValue,
                "shards is " + std::to_string(out.shards) + ", more than capacity_entries, " +
                    std::to_string(out.capacity_entries),
                "shards");
  }
  out.ttl_ns = options->duration_ns("ttl_ms");
  out.ttl_jitter = options->number("ttl_jitter");
  out.negative_ttl_ns = options->duration_ns("negative_ttl_ms");
  out.stale_ns = options->duration_ns("stale_ms");
  out.lease_ns = options->duration_ns("lease_ms");
  out.eviction = &kEvictions[0];
  out.max_leases = options->integer("max_leases");
  int64_t seed = options->integer("seed");
  out.seed = seed != 0 ? static_cast<uint64_t>(seed) : entropy_seed();
  out.meaning = options->meaning();
  return out;
}

Result<CacheSettings> CacheSettings::changed(const Config& config) const {
  auto change = Options::change(kCacheOptions, meaning, config);
  if (!change) return tl::unexpected(std::move(change.error()));
  const std::string in_use = " while the cache is in use: ";
  const auto to = OptionsOf<kCacheOptions>::among(change->after);
  CacheSettings all = *this;
  all.meaning = std::move(change->meaning);
  if (config.find("capacity_bytes")) all.capacity_bytes = to.bytes("capacity_bytes");
  if (config.find("capacity_entries")) all.capacity_entries = to.integer("capacity_entries");
  // What an entry counts for is its place in the eviction's order.
  if ((all.capacity_bytes > 0) != (capacity_bytes > 0)) {
    return fail(Status::kBadValue,
                std::string("option 'capacity_bytes' cannot become ") +
                    (capacity_bytes > 0 ? "0" : "a bound") + in_use + "it " +
                    (capacity_bytes > 0 ? "counts bytes" : "counts entries alone"),
                "capacity_bytes");
  }
  if (all.capacity_bytes == 0 && all.capacity_entries == 0) {
    return fail(Status::kBadValue,
                "option 'capacity_entries' cannot become 0" + in_use + "it is its one bound",
                "capacity_entries");
  }
  if (all.capacity_entries > 0 && all.capacity_entries < shards) {
    return fail(Status::kBadValue,
                "option 'capacity_entries' cannot become " + std::to_string(all.capacity_entries) +
                    in_use + "it has " + std::to_string(shards) + " shards",
                "capacity_entries");
  }
  return all;
}

}  // namespace og
