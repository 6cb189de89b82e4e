// SPDX-License-Identifier: Apache-2.0
#include "outgrow/gather.h"

#include <numeric>
#include <vector>

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "core/data/gather.h"
#include "core/data/gather_query.h"

using namespace og::capi;

struct og_query {
  std::unique_ptr<og::GatherQuery> query;
};

static_assert(static_cast<int>(og::QueryState::kPending) == OG_QUERY_PENDING);
static_assert(static_cast<int>(og::QueryState::kPartial) == OG_QUERY_PARTIAL);
static_assert(static_cast<int>(og::QueryState::kComplete) == OG_QUERY_COMPLETE);
static_assert(static_cast<int>(og::QueryState::kFailed) == OG_QUERY_FAILED);

namespace {

constexpr int64_t kMaxShards = 65536;

// start(gather, shards) once they are known; now_ns where the time is given.
template <class F>
og_status start(og_gather* gather, const int32_t* shards, int64_t count, og_query** out,
                og_error** error, F&& f, int64_t now_ns = 0) {
  return guard_create(out, error, [&]() -> og::Result<og_query> {
    if (!gather) return og::fail(og::Status::kNullHandle, "gather is NULL");
    if (count < 0 || count > kMaxShards) {
      return og::fail(og::Status::kInvalidArgument,
                      "count cannot be " + std::to_string(count) + ": use 0 to 65536");
    }
    if (auto time = check_time(now_ns); !time) return tl::unexpected(time.error());
    std::vector<int32_t> list(static_cast<size_t>(count));
    if (shards) {
      list.assign(shards, shards + count);
    } else {
      std::iota(list.begin(), list.end(), 0);
    }
    auto query = f(*gather->gather, list);
    if (!query) return tl::unexpected(query.error());
    return og_query{std::move(*query)};
  });
}

struct Rows {
  const void* const* keys;
  const int64_t* key_lens;
  const void* const* rows;
  const int64_t* row_lens;
  int64_t count;

  bool valid() const {
    if (count < 0 || !keys != !key_lens || ((!rows || !row_lens) && count > 0)) return false;
    for (int64_t i = 0; i < count; ++i) {
      if (!og::capi::valid(rows[i], row_lens[i])) return false;
      if (keys && !og::capi::valid(keys[i], key_lens[i])) return false;
    }
    return true;
  }
};

og::Status add(og::GatherQuery& query, int32_t shard, const Rows& all, int64_t now) {
  if (!all.valid()) return og::Status::kInvalidArgument;
  for (int64_t i = 0; i < all.count; ++i) {
    auto key = all.keys ? bytes(all.keys[i], all.key_lens[i]) : std::string_view();
    og::Status status = query.row_at(shard, key, bytes(all.rows[i], all.row_lens[i]), now);
    if (status != og::Status::kOk) return status;
  }
  return og::Status::kOk;
}

og_status next(og::GatherQuery& query, int64_t now, int32_t* shard, const void** key,
               int64_t* key_len, const void** row, int64_t* row_len) {
  og::MergedRow merged;
  og::Status status = query.next_at(&merged, now);
  if (status == og::Status::kOk) {
    if (shard) *shard = merged.shard;
    if (key) *key = merged.key.data();
    if (key_len) *key_len = static_cast<int64_t>(merged.key.size());
    if (row) *row = merged.row.data();
    if (row_len) *row_len = static_cast<int64_t>(merged.row.size());
  }
  return code(status);
}

}  // namespace

og_status og_gather_create(const og_config* config, const og_clock* clock, og_gather** out,
                           og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_gather> {
    auto gather = og::Gather::create(config_or_empty(config), clock_or_system(clock));
    if (!gather) return tl::unexpected(gather.error());
    return og_gather{std::move(*gather)};
  });
}

void og_gather_destroy(og_gather** gather) { destroy(gather); }

og_status og_gather_start(og_gather* gather, const int32_t* shards, int64_t count, og_query** out,
                          og_error** error) {
  return start(gather, shards, count, out, error,
               [](og::Gather& g, std::span<const int32_t> list) { return g.start(list); });
}

og_status og_gather_start_at(og_gather* gather, const int32_t* shards, int64_t count,
                             int64_t now_ns, og_query** out, og_error** error) {
  return start(
      gather, shards, count, out, error,
      [&](og::Gather& g, std::span<const int32_t> list) { return g.start_at(list, now_ns); },
      now_ns);
}

void og_query_destroy(og_query** query) { destroy(query); }

og_status og_query_row(og_query* query, int32_t shard, const void* key, int64_t key_len,
                       const void* row, int64_t row_len) {
  return call<og_status>(query, [&](og_query& q) {
    return add(*q.query, shard, {&key, &key_len, &row, &row_len, 1}, q.query->row_time());
  });
}

og_status og_query_row_at(og_query* query, int32_t shard, const void* key, int64_t key_len,
                          const void* row, int64_t row_len, int64_t now_ns) {
  return call_at<og_status>(query, now_ns, [&](og_query& q) {
    return add(*q.query, shard, {&key, &key_len, &row, &row_len, 1}, now_ns);
  });
}

og_status og_query_row_many(og_query* query, int32_t shard, const void* const* keys,
                            const int64_t* key_lens, const void* const* rows,
                            const int64_t* row_lens, int64_t count) {
  return call<og_status>(query, [&](og_query& q) {
    return add(*q.query, shard, {keys, key_lens, rows, row_lens, count}, q.query->row_time());
  });
}

og_status og_query_row_many_at(og_query* query, int32_t shard, const void* const* keys,
                               const int64_t* key_lens, const void* const* rows,
                               const int64_t* row_lens, int64_t count, int64_t now_ns) {
  return call_at<og_status>(query, now_ns, [&](og_query& q) {
    return add(*q.query, shard, {keys, key_lens, rows, row_lens, count}, now_ns);
  });
}

og_status og_query_done(og_query* query, int32_t shard) {
  return call<og_status>(query,
                         [&](og_query& q) { return q.query->done_at(shard, q.query->now()); });
}

og_status og_query_done_at(og_query* query, int32_t shard, int64_t now_ns) {
  return call_at<og_status>(query, now_ns,
                            [&](og_query& q) { return q.query->done_at(shard, now_ns); });
}

og_status og_query_fail(og_query* query, int32_t shard, og_status reason, const char* message) {
  return call<og_status>(query, [&](og_query& q) {
    return q.query->fail_at(shard, static_cast<og::Status>(reason), message ? message : "",
                            q.query->now());
  });
}

og_status og_query_fail_at(og_query* query, int32_t shard, og_status reason, const char* message,
                           int64_t now_ns) {
  return call_at<og_status>(query, now_ns, [&](og_query& q) {
    return q.query->fail_at(shard, static_cast<og::Status>(reason), message ? message : "", now_ns);
  });
}

int32_t og_query_state(og_query* query, int64_t* waiting) {
  return call<int32_t>(query,
                       [&](og_query& q) { return q.query->state_at(q.query->now(), waiting); });
}

int32_t og_query_state_at(og_query* query, int64_t now_ns, int64_t* waiting) {
  return call_at<int32_t>(query, now_ns,
                          [&](og_query& q) { return q.query->state_at(now_ns, waiting); });
}

int64_t og_query_time_left(const og_query* query) {
  return call<int64_t>(query,
                       [](const og_query& q) { return q.query->time_left_at(q.query->now()); });
}

int64_t og_query_time_left_at(const og_query* query, int64_t now_ns) {
  return call_at<int64_t>(query, now_ns,
                          [&](const og_query& q) { return q.query->time_left_at(now_ns); });
}

og_status og_query_next(og_query* query, int32_t* shard, const void** key, int64_t* key_len,
                        const void** row, int64_t* row_len) {
  return call<og_status>(query, [&](og_query& q) {
    return next(*q.query, q.query->now(), shard, key, key_len, row, row_len);
  });
}

og_status og_query_next_at(og_query* query, int64_t now_ns, int32_t* shard, const void** key,
                           int64_t* key_len, const void** row, int64_t* row_len) {
  return call_at<og_status>(query, now_ns, [&](og_query& q) {
    return next(*q.query, now_ns, shard, key, key_len, row, row_len);
  });
}

int64_t og_query_failures(const og_query* query) {
  return call<int64_t>(query, [](const og_query& q) { return q.query->failures(); });
}

og_status og_query_failure(const og_query* query, int64_t index, int32_t* shard, og_status* reason,
                           const char** message, int64_t* dropped_rows) {
  return call<og_status>(query, [&](const og_query& q) {
    auto failure = q.query->failure(index);
    if (!failure) return OG_INVALID_ARGUMENT;
    if (shard) *shard = failure->shard;
    if (reason) *reason = code(failure->reason);
    if (message) *message = failure->message;
    if (dropped_rows) *dropped_rows = failure->dropped;
    return OG_OK;
  });
}

int64_t og_query_refused(const og_query* query) {
  return call<int64_t>(query, [](const og_query& q) { return q.query->refused(); });
}

og_status og_metrics_add_gather(og_metrics* metrics, const char* name, const og_gather* gather,
                                og_error** error) {
  return add_metrics(metrics, "gather", name, gather, error);
}
