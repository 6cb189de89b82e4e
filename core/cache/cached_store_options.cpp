// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cached_store_options.h"

#include "core/base/random.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

constexpr double kDayMs = 24.0 * 3600 * 1000;

// clang-format off: a row an option
constexpr OptionSpec kCachedStoreRows[] = {
    {.name = "mode", .type = OptionType::kEnum, .fallback = "aside",
     .choices = "aside|through|behind",
     .doc = "What a write does: to the store, and the cache forgets the key (aside); to the store, "
            "then to the cache (through); to the cache and a buffer, to the store later (behind)."},
    {.name = "wait_ms", .type = OptionType::kDuration, .fallback = "1s", .min = 0, .max = kDayMs,
     .unit = "ms",
     .doc = "How long a get waits for another caller's load of the key before it reads the store "
            "itself; not at all with a manual clock.",
     .changes = true},
    {.name = "batch_size", .type = OptionType::kInt, .fallback = "100", .min = 1, .max = 100000,
     .unit = "writes",
     .doc = "Behind: most writes a batch; as many waiting are written at once.",
     .changes = true},
    {.name = "flush_interval_ms", .type = OptionType::kDuration, .fallback = "5s", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Behind: how long a write waits in the buffer for others to go with it. A crash loses "
            "what is buffered: writes of about so long while the store keeps up; of writers faster "
            "than the store up to buffer_entries, however old (see max_age_ms).",
     .changes = true},
    {.name = "buffer_bytes", .type = OptionType::kBytes, .fallback = "64MiB", .min = 1024,
     .max = 1ll << 50, .unit = "bytes",
     .doc = "Behind: most that the buffer holds: keys twice, values and 496 bytes an entry."},
    {.name = "buffer_entries", .type = OptionType::kInt, .fallback = "65536", .min = 1,
     .max = 1 << 30, .unit = "keys",
     .doc = "Behind: most keys that the buffer holds."},
    {.name = "full", .type = OptionType::kEnum, .fallback = "through",
     .choices = "through|block|refuse",
     .doc = "Behind: what becomes of a write for which the buffer has no room: its caller writes "
            "it to the store, waits for room up to full_wait_ms, or is refused with OG_FULL."},
    {.name = "full_wait_ms", .type = OptionType::kDuration, .fallback = "1s", .min = 0,
     .max = kDayMs, .unit = "ms",
     .doc = "Behind: how long a write waits for room, or through a full buffer for an older write "
            "of its key; then OG_FULL.",
     .changes = true},
    {.name = "max_age_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0, .max = kDayMs,
     .unit = "ms",
     .doc = "Behind: how far the store may be behind: while the oldest buffered write is older, "
            "writes are held back as by a full buffer (see full). More than flush_interval_ms; 0 "
            "is no such bound.",
     .changes = true},
    {.name = "retry_attempts", .type = OptionType::kInt, .fallback = "5", .min = 0, .max = 1000,
     .doc = "Behind: how often a write that failed is tried again before it is a dead letter.",
     .changes = true},
    {.name = "retry_base_ms", .type = OptionType::kDuration, .fallback = "100ms", .min = 1,
     .max = kDayMs, .unit = "ms",
     .doc = "Behind: the longest delay of a first retry; doubles with each. The delay is drawn "
            "evenly from 0 to it.",
     .changes = true},
    {.name = "retry_max_ms", .type = OptionType::kDuration, .fallback = "30s", .min = 1,
     .max = kDayMs, .unit = "ms",
     .doc = "Behind: what the longest delay of a retry doubles to at most.",
     .changes = true},
    {.name = "dead_letters", .type = OptionType::kInt, .fallback = "1000", .min = 0, .max = 1 << 30,
     .unit = "keys",
     .doc = "Behind: most dead letters kept, together at most buffer_bytes. Beyond it writes stay "
            "in the buffer and are tried on."},
    {.name = "drain_ms", .type = OptionType::kDuration, .fallback = "5s", .min = 0, .max = kDayMs,
     .unit = "ms",
     .doc = "Behind: how long destroying may take to write what is still buffered.",
     .changes = true},
    {.name = "thread", .type = OptionType::kEnum, .fallback = "auto", .choices = "auto|none",
     .doc = "Behind: auto has a thread of the library's write what is due, unless the clock is "
            "manual or the store the program's own; without one, og_cached_store_pump or "
            "take_batch does."},
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992.0,
     .doc = "Seeds the retries' delays; 0 draws a seed."},
};
// clang-format on

enum class WriterThread { kAuto, kNone };

}  // namespace

constexpr OptionTable kCachedStoreOptions{"cached_store", kCachedStoreRows};

Result<CachedStoreSettings> CachedStoreSettings::resolve(const Config& config) {
  auto options = OptionsOf<kCachedStoreOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  CachedStoreSettings out;
  out.mode = options->choice<CacheMode>("mode");
  out.wait_ns = options->duration_ns("wait_ms");
  out.buffer = {.bytes = options->bytes("buffer_bytes"),
                .entries = options->integer("buffer_entries"),
                .batch_size = options->integer("batch_size"),
                .interval_ns = options->duration_ns("flush_interval_ms"),
                .max_age_ns = options->duration_ns("max_age_ms"),
                .retry_attempts = options->integer("retry_attempts"),
                .retry_base_ns = options->duration_ns("retry_base_ms"),
                .retry_max_ns = options->duration_ns("retry_max_ms"),
                .dead_letters = options->integer("dead_letters"),
                .seed = static_cast<uint64_t>(options->integer("seed"))};
  if (out.buffer.max_age_ns > 0 && out.buffer.max_age_ns <= out.buffer.interval_ns) {
    return fail(Status::kBadValue,
                "option 'max_age_ms' is " + std::to_string(out.buffer.max_age_ns / 1'000'000) +
                    " ms: it must be more than flush_interval_ms, " +
                    std::to_string(out.buffer.interval_ns / 1'000'000) +
                    " ms, for which writes wait at any rate",
                "max_age_ms");
  }
  if (out.buffer.seed == 0) out.buffer.seed = entropy_seed();
  out.full = options->choice<WhenFull>("full");
  out.full_wait_ns = options->duration_ns("full_wait_ms");
  out.drain_ns = options->duration_ns("drain_ms");
  out.thread = options->choice<WriterThread>("thread") == WriterThread::kAuto;
  out.meaning = options->meaning();
  return out;
}

}  // namespace og
