// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/bytes.hpp>
#include <outgrow/query_calls.hpp>
#include <string_view>
#include <vector>

namespace outgrow {

// One query, out at its shards; made by Gather::start. It keeps its gather alive; safe from every
// thread. A shard that was not asked is an Error.
class Query : public detail::QueryCalls {
 public:
  // What these view is the query's.
  struct Row {
    std::int32_t shard = 0;
    std::string_view key;
    std::string_view row;
  };
  struct Failure {
    std::int32_t shard;
    Status reason;
    std::string_view message;
    std::int64_t dropped_rows;
  };
  struct Progress {
    QueryState state;
    std::int64_t waiting;  // shards that are out
  };

  using QueryCalls::QueryCalls;

  // ---- what comes back from a shard ----

  // A row, copied, with the key that it is ordered by. ok; lapsed: too late, refused and counted;
  // full: beyond max_bytes, and the shard has failed.
  Status row(std::int32_t shard, Bytes row, Bytes key = {}) {
    return detail::outcome(
        og_query_row(handle(), shard, key.data(), key.size(), row.data(), row.size()),
        "og_query_row");
  }
  Status row_at(std::int32_t shard, Bytes row, Bytes key, Time now) {
    return detail::outcome(og_query_row_at(handle(), shard, key.data(), key.size(), row.data(),
                                           row.size(), detail::ns(now)),
                           "og_query_row_at");
  }
  // The first status that is not ok ends it. keys: one for each row, or none.
  Status row_many(std::int32_t shard, const Keys& rows, const Keys& keys = {}) {
    check(rows, keys);
    return detail::outcome(og_query_row_many(handle(), shard, data(keys), sizes(keys), rows.data(),
                                             rows.sizes(), rows.count()),
                           "og_query_row_many");
  }
  Status row_many_at(std::int32_t shard, const Keys& rows, const Keys& keys, Time now) {
    check(rows, keys);
    return detail::outcome(
        og_query_row_many_at(handle(), shard, data(keys), sizes(keys), rows.data(), rows.sizes(),
                             rows.count(), detail::ns(now)),
        "og_query_row_many_at");
  }
  // ---- the answer ----

  Progress progress() {
    std::int64_t waiting = 0;
    std::int32_t state = detail::checked(og_query_state(handle(), &waiting), "og_query_state");
    return {static_cast<QueryState>(state), waiting};
  }
  Progress progress_at(Time now) {
    std::int64_t waiting = 0;
    std::int32_t state = detail::checked(og_query_state_at(handle(), detail::ns(now), &waiting),
                                         "og_query_state_at");
    return {static_cast<QueryState>(state), waiting};
  }
  // The next merged row: ok; none after the last; wait while the query is pending; refused when it
  // has failed. The first call on a partial query ends it.
  [[nodiscard]] Status next(Row& out) {
    return read(out, "og_query_next",
                [&](auto... fields) { return og_query_next(handle(), fields...); });
  }
  [[nodiscard]] Status next_at(Time now, Row& out) {
    return read(out, "og_query_next_at", [&](auto... fields) {
      return og_query_next_at(handle(), detail::ns(now), fields...);
    });
  }

  // The shards whose rows are not in the answer, in the order in which they failed.
  std::vector<Failure> failures() const {
    std::vector<Failure> all;
    std::int64_t count = detail::checked(og_query_failures(handle()), "og_query_failures");
    for (std::int64_t i = 0; i < count; ++i) {
      std::int32_t shard = 0, reason = 0;
      const char* message = "";
      std::int64_t dropped = 0;
      detail::checked(og_query_failure(handle(), i, &shard, &reason, &message, &dropped),
                      "og_query_failure");
      all.push_back({shard, static_cast<Status>(reason), message, dropped});
    }
    return all;
  }

 private:
  static void check(const Keys& rows, const Keys& keys) {
    if (keys.size() != 0 && keys.size() != rows.size()) {
      throw Error(Status::invalid_argument, "keys: one for each row, or none");
    }
  }
  static const void* const* data(const Keys& keys) { return keys.size() ? keys.data() : nullptr; }
  static const std::int64_t* sizes(const Keys& keys) {
    return keys.size() ? keys.sizes() : nullptr;
  }

  template <class Next>
  static Status read(Row& out, const char* function, Next&& next) {
    const void *key = nullptr, *row = nullptr;
    std::int64_t key_size = 0, row_size = 0;
    Status status = detail::outcome(next(&out.shard, &key, &key_size, &row, &row_size), function);
    out.key = detail::bytes(key, key_size).view();
    out.row = detail::bytes(row, row_size).view();
    return status;
  }
};

}  // namespace outgrow
