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
