// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/replay.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "bindings/cli/figures.h"
#include "bindings/cli/replay/scaling.h"

namespace og::cli {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr double kMillisecond = 1e6;
constexpr double kMebibyte = 1 << 20;
constexpr double kLongest = 1e17;  // three years, for which a response of a petabyte is sent

uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace

Result<Replay> Replay::create(const ReplaySettings& settings) {
  for (const auto& [noun, options] : settings.nouns) {
    if (auto known = check_options(settings, noun, options); !known) {
      return tl::unexpected(known.error());
    }
  }
  og_clock* made = nullptr;
  if (og_clock_create_manual(0, &made, nullptr) != OG_OK) return fail("out of memory");
  ClockHandle clock(made);
  auto limiter = ClientLimiter::create(settings, clock.get());
  if (!limiter) return tl::unexpected(limiter.error());
  auto servers = Servers::create(settings, clock.get());
  if (!servers) return tl::unexpected(servers.error());
  auto database = Database::create(settings, clock.get());
  if (!database) return tl::unexpected(database.error());
  auto cache = DocumentCache::create(settings, clock.get(), **database);
  if (!cache) return tl::unexpected(cache.error());
  return Replay(settings, std::move(clock), std::move(*limiter), std::move(*servers),
                std::move(*database), std::move(*cache));
}

Replay::Replay(const ReplaySettings& settings, ClockHandle clock, ClientLimiter limiter,
               Servers servers, std::unique_ptr<Database> database, DocumentCache cache)
    : settings_(settings),
      clock_(std::move(clock)),
      limiter_(std::move(limiter)),
      servers_(std::move(servers)),
      database_(std::move(database)),
      cache_(std::move(cache)) {}

void Replay::move_clock(const LogRecord& record) {
  if (summary_.requests == 0) {
    summary_.first_s = summary_.last_s = record.epoch_s;
    summary_.first_offset_s = summary_.last_offset_s = record.offset_s;
    start_s_ = now_s_ = record.epoch_s - 1;
  }
  if (record.epoch_s < summary_.first_s) {
    summary_.first_s = record.epoch_s;
    summary_.first_offset_s = record.offset_s;
  }
  if (record.epoch_s < now_s_) {
    ++summary_.out_of_order;
  } else if (record.epoch_s > now_s_) {
    now_s_ = record.epoch_s;
    now_ns_ = (now_s_ - start_s_) * kSecond;
    og_clock_set(clock_.get(), now_ns_);
    summary_.last_s = record.epoch_s;
    summary_.last_offset_s = record.offset_s;
  }
}

// Unix time, where the log's is: windows of the clock and of a calendar begin by it.
int64_t Replay::limiter_ns() const {
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max() / kSecond;
  return start_s_ < 0 || now_s_ > kLast ? now_ns_ : now_s_ * kSecond;
}

Replay::Fate Replay::feed(const LogRecord& record) {
  move_clock(record);
  ++summary_.requests;
  add_bytes(summary_.bytes, record.bytes);
  const bool failed = record.status >= 500;
  if (failed) ++summary_.server_errors;
  const bool is_timed = record.duration_ns >= 0;
  const double logged_ms = static_cast<double>(record.duration_ns) / kMillisecond;
  if (is_timed) {
    ++summary_.durations;
    summary_.duration_ms += logged_ms;
  }
  const uint64_t client_hash = hash_of(record.client);
  clients_.add(client_hash);
  const uint64_t url_hash = hash_of(record.url);
  urls_.add(url_hash);

  const ServiceTime& model = settings_.service_time;
  Slice& slice = summary_.timeline.at(now_s_);
  ++slice.requests;
  if (!limiter_.admit(record.client, client_hash, limiter_ns())) {
    ++slice.denied;
    slice.work_ms += model.denied_ms;
    return {true, client_hash};
  }
  const Servers::Visit visit =
      servers_.begin(settings_.hash_key == "url" ? record.url : record.client, now_ns_);
  if (visit.server < 0) {
    slice.work_ms += model.denied_ms;
    return {false, client_hash};
  }
  ++slice.served;
  double work_ms = model.miss_ms;
  bool is_hit = false;
  if (failed) {
    ++slice.errors;
  } else if (record.method == Method::kWrite) {
    cache_.write(record, url_hash, now_ns_);
    work_ms = model.write_ms;
  } else if (record.method != Method::kOther) {
    ++slice.lookups;
    add_bytes(slice.lookup_bytes, record.bytes);
    is_hit = cache_.read(record, url_hash, now_ns_);
    if (is_hit) {
      ++slice.hits;
      add_bytes(slice.hit_bytes, record.bytes);
      work_ms = model.hit_ms;
    }
  }
  work_ms += static_cast<double>(record.bytes) * model.per_mib_ms / kMebibyte;
  if (is_timed && is_hit) {
    work_ms = std::min(work_ms, logged_ms);  // our cache's, which the log's server had not
    slice.work_ms += work_ms;
  } else if (is_timed) {
    work_ms = logged_ms;
    slice.logged_ms += logged_ms;
  } else {
    slice.work_ms += work_ms;
  }
  servers_.end(visit, failed, static_cast<int64_t>(std::min(work_ms * kMillisecond, kLongest)),
               now_ns_);
  return {false, client_hash};
}

Result<Summary> Replay::finish(const LogMerge& log) {
  summary_.config = settings_.path;
  summary_.title = settings_.title;
  summary_.options = settings_.in_force();
  for (auto& [name, format] : log.formats()) summary_.formats.push_back({name, format});
  summary_.left_out = log.left_out();
  summary_.clients = clients_.count();
  summary_.clients_exact = clients_.exact();
  summary_.urls = urls_.count();
  summary_.urls_exact = urls_.exact();
  limiter_.report(static_cast<std::size_t>(settings_.worst_clients), summary_);
  servers_.report(settings_, summary_);
  if (auto done = cache_.report(summary_); !done) return tl::unexpected(done.error());
  if (auto done = database_->report(summary_); !done) return tl::unexpected(done.error());
  if (auto done = replay_scaling(settings_, summary_); !done) return tl::unexpected(done.error());
  return std::move(summary_);
}

}  // namespace og::cli
