// SPDX-License-Identifier: Apache-2.0
// A query over random schedules against the rules as the interface states them, with no cleverness.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/data/gather.h"
#include "core/data/gather_query.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kDeadline = 40 * kMs;
constexpr int64_t kMaxBytes = 400;

struct ModelShard {
  enum { kOut, kDone, kFailed } stage = kOut;
  std::vector<std::string> rows;
  Status reason = Status::kOk;
  int64_t dropped = 0;
};

struct Model {
  std::map<int32_t, ModelShard> shards;
  std::vector<int32_t> failed;
  int64_t needed = 0, refused = 0;
  bool timed = true;

  void end(int32_t shard, Status reason) {
    ModelShard& s = shards[shard];
    s.stage = ModelShard::kFailed;
    s.reason = reason;
    s.dropped = static_cast<int64_t>(s.rows.size());
    s.rows.clear();
    failed.push_back(shard);
  }
  void pass(int64_t now, const std::vector<int32_t>& order) {
    if (!timed || now < kDeadline) return;
    for (int32_t shard : order) {
      if (shards[shard].stage == ModelShard::kOut) end(shard, Status::kTimeout);
    }
  }
  int64_t held() const {
    int64_t bytes = 0;
    for (auto& [_, s] : shards) {
      for (auto& row : s.rows) bytes += static_cast<int64_t>(row.size()) + 24;
    }
    return bytes;
  }
  Status row(int32_t shard, const std::string& row) {
    ModelShard& s = shards[shard];
    if (s.stage != ModelShard::kOut) return ++refused, Status::kLapsed;
    if (held() + static_cast<int64_t>(row.size()) + 24 > kMaxBytes) {
      end(shard, Status::kFull);
      return ++refused, Status::kFull;
    }
    s.rows.push_back(row);
    return Status::kOk;
  }
  int64_t count(int stage) const {
    int64_t n = 0;
    for (auto& [_, s] : shards) n += s.stage == stage;
    return n;
  }
  QueryState state() const {
    int64_t done = count(ModelShard::kDone), out = count(ModelShard::kOut);
    if (done == static_cast<int64_t>(shards.size())) return QueryState::kComplete;
    if (done >= needed) return QueryState::kPartial;
    return done + out < needed ? QueryState::kFailed : QueryState::kPending;
  }
};

}  // namespace

TEST_CASE("queries agree with the rules as stated, over random schedules") {
  Random random(5);
  std::set<QueryState> ends;
  for (int round = 0; round < 3000; ++round) {
    static const char* const kPolicies[] = {"all", "quorum", "any", "at_least"};
    auto policy = random.below(4);
    auto least = static_cast<int64_t>(1 + random.below(5));
    Config config;
    config.set("policy", kPolicies[policy]);
    config.set_int("min_shards", least);
    config.set_int("max_bytes", kMaxBytes);
    Model model;
    model.timed = random.below(2) != 0;
    config.set_int("deadline_ms", model.timed ? kDeadline / kMs : 0);

    std::vector<int32_t> order;
    std::set<int32_t> unique;
    for (uint64_t n = random.below(6); n > 0; --n) {
      auto shard = static_cast<int32_t>(random.below(8));
      if (unique.insert(shard).second) order.push_back(shard);
    }
    for (int32_t shard : order) model.shards[shard];
    auto n = static_cast<int64_t>(order.size());
    model.needed = policy == 0   ? n
                   : policy == 1 ? (n == 0 ? 0 : n / 2 + 1)
                   : policy == 2 ? std::min<int64_t>(n, 1)
                                 : std::min(n, least);

    auto gather = std::move(*Gather::create(config, make_manual_clock(0)));
    auto query = std::move(*gather->start_at(order, 0));
    int64_t now = 0;
    for (int step = 0; step < 25; ++step) {
      now += static_cast<int64_t>(random.below(4)) * kMs;
      model.pass(now, order);
      auto shard = static_cast<int32_t>(random.below(8));
      bool known = model.shards.contains(shard);
      switch (random.below(6)) {
        case 0:
        case 1:
        case 2: {
          std::string row(random.below(60), 'r');
          REQUIRE(query->row_at(shard, "", row, now) ==
                  (known ? model.row(shard, row) : Status::kInvalidArgument));
          break;
        }
        case 3: {
          bool out = known && model.shards[shard].stage == ModelShard::kOut;
          if (out) model.shards[shard].stage = ModelShard::kDone;
          REQUIRE(query->done_at(shard, now) == (!known ? Status::kInvalidArgument
                                                 : out  ? Status::kOk
                                                        : Status::kLapsed));
          break;
        }
        case 4: {
          bool out = known && model.shards[shard].stage == ModelShard::kOut;
          if (out) model.end(shard, Status::kIo);
          REQUIRE(query->fail_at(shard, Status::kIo, "x", now) == (!known ? Status::kInvalidArgument
                                                                   : out  ? Status::kOk
                                                                          : Status::kLapsed));
          break;
        }
        default:
          break;
      }
      int64_t waiting = -1;
      REQUIRE(query->state_at(now, &waiting) == model.state());
      REQUIRE(waiting == model.count(ModelShard::kOut));
    }

    MergedRow row;
    std::vector<std::string> seen, wanted;
    Status status;
    while ((status = query->next_at(&row, now)) == Status::kOk) {
      seen.push_back(std::to_string(row.shard) + ":" + std::string(row.row));
    }
    QueryState state = model.state();
    ends.insert(state);
    if (state == QueryState::kPending || state == QueryState::kFailed) {
      REQUIRE(status == (state == QueryState::kPending ? Status::kWait : Status::kRefused));
    } else {
      REQUIRE(status == Status::kNone);
      for (int32_t shard : order) {
        if (model.shards[shard].stage == ModelShard::kOut) model.end(shard, Status::kLapsed);
        for (auto& text : model.shards[shard].rows) {
          wanted.push_back(std::to_string(shard) + ":" + text);
        }
      }
    }
    REQUIRE(seen == wanted);
    // Every shard is in the answer, still out, or a failure with a reason.
    REQUIRE(query->failures() == static_cast<int64_t>(model.failed.size()));
    for (size_t i = 0; i < model.failed.size(); ++i) {
      ShardFailure failure = *query->failure(static_cast<int64_t>(i));
      REQUIRE(failure.shard == model.failed[i]);
      REQUIRE(failure.reason == model.shards[failure.shard].reason);
      REQUIRE(failure.dropped == model.shards[failure.shard].dropped);
      REQUIRE(std::string(failure.message) != "");
    }
    REQUIRE_FALSE(query->failure(query->failures()));
    REQUIRE(query->refused() == model.refused);
  }
  CHECK(ends.size() == 4);
}

TEST_CASE("times that cannot be are taken as the nearest that can") {
  Config config;
  config.set_int("deadline_ms", 1);
  auto gather = std::move(*Gather::create(config, make_manual_clock(0)));
  std::vector<int32_t> shards = {0};
  auto early = std::move(*gather->start_at(shards, INT64_MIN));
  CHECK(early->state_at(INT64_MIN) == QueryState::kPending);
  CHECK(early->time_left_at(INT64_MIN) == kMs);
  CHECK(early->state_at(INT64_MAX) == QueryState::kFailed);
  auto late = std::move(*gather->start_at(shards, INT64_MAX));
  CHECK(late->state_at(INT64_MAX) == QueryState::kPending);
  CHECK(late->done_at(0, INT64_MIN) == Status::kOk);
}

}  // namespace og
