// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/status.h"
#include "core/base/time.h"
#include "core/data/gather.h"

namespace og {

enum class QueryState : int32_t {
  kPending = 0,   // the policy is neither met nor out of reach
  kPartial = 1,   // met, though not every shard is in
  kComplete = 2,  // every shard is in
  kFailed = 3,    // the policy can no longer be met
};

struct ShardFailure {
  int32_t shard = 0;
  Status reason = Status::kOk;
  const char* message = "";  // lives as long as the query
  int64_t dropped = 0;       // rows that had come in and are not in the answer
};

// One query out at the shards. The program hands in each shard's rows and says when it is done or
// has failed; the query knows when the policy is decided, and merges the rows of those that are
// done.
//
// Nothing is lost in silence. A shard whose answer is not in the merged rows is among the failures,
// with a reason: the program's, the deadline's, that its rows did not fit, or that the rows were
// read before it was done. A row that comes when its shard has ended is refused and counted.
//
// A state is decided once and for all: shards that are done stay done, those that failed stay
// failed, and both are counted in one word. The first next() of a decided query ends it: shards
// still out have then failed, and the merged rows stand still.
//
// Safe from every thread. Each shard's rows have a lock of their own; locks nest as ending_, then a
// shard's, then failures_.
class GatherQuery {
 public:
  static Result<std::unique_ptr<GatherQuery>> create(std::shared_ptr<Gather> gather,
                                                     std::span<const int32_t> shards, int64_t now);
  ~GatherQuery();
  GatherQuery(const GatherQuery&) = delete;
  GatherQuery& operator=(const GatherQuery&) = delete;

  int64_t now() const noexcept { return gather_->clock_->now(); }
  // The time for a row: without a deadline it needs none.
  int64_t row_time() const noexcept { return due_ == kEndOfTime ? 0 : now(); }

  // kOk; kLapsed when the shard has ended; kFull when the row does not fit, and then the shard has
  // failed; kInvalidArgument when it was not asked. Exhausted memory throws: the shard has failed.
  Status row_at(int32_t shard, std::string_view key, std::string_view row, int64_t now);
  // kOk; kLapsed when the shard has ended; kInvalidArgument.
  Status done_at(int32_t shard, int64_t now);
  Status fail_at(int32_t shard, Status reason, std::string message, int64_t now);

  QueryState state_at(int64_t now, int64_t* waiting = nullptr);
  int64_t time_left_at(int64_t now) const noexcept;  // kEndOfTime: no deadline

  // kOk and a row, which lives as long as the query; kNone at the end; kWait while the query is
  // pending, kRefused when it has failed.
  Status next_at(MergedRow* out, int64_t now);

  // In the order in which they failed.
  int64_t failures() const;
  std::optional<ShardFailure> failure(int64_t index) const;
  int64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  enum class Stage { kOut, kDone, kFailed };
  struct Part {
    int32_t shard = 0;
    ForkMutex mutex;
    Stage stage OG_GUARDED_BY(mutex) = Stage::kOut;
    ShardRows rows OG_GUARDED_BY(mutex);  // once done, the merge's, which changes nothing
    // Of a failure, unchanged once the part is in failed_.
    Status reason = Status::kOk;
    std::string message;
    int64_t dropped = 0;
  };

  GatherQuery(std::shared_ptr<Gather> gather, std::span<const int32_t> shards, int64_t now);
  Part* find(int32_t shard) noexcept;
  bool charge(std::string_view key, std::string_view row) noexcept;
  QueryState state() const noexcept;
  int64_t waiting() const noexcept;
  void expire(int64_t now);
  void end_all(Status reason) noexcept OG_REQUIRES(ending_);
  void end(Part& part, Status reason, std::string message) noexcept OG_REQUIRES(part.mutex);

  const std::shared_ptr<Gather> gather_;
  const int64_t start_;
  const int64_t due_;  // or kEndOfTime
  const size_t shards_;
  const int64_t needed_;
  mutable ForkMutex failures_;  // older than the parts' locks, as those are older than ending_
  std::vector<const Part*> failed_ OG_GUARDED_BY(failures_);
  std::unique_ptr<Part[]> parts_;
  std::vector<std::pair<int32_t, size_t>> places_;  // by shard; empty when shard i is part i

  std::atomic<uint64_t> ended_{0};  // low half: shards that are done; high half: that failed
  std::atomic<int64_t> bytes_{0};
  std::atomic<int64_t> refused_{0};
  std::atomic<bool> expired_{false};
  ForkMutex ending_;
  std::unique_ptr<RowMerge> merge_ OG_GUARDED_BY(ending_);
};

}  // namespace og
