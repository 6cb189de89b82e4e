// SPDX-License-Identifier: Apache-2.0
#include "core/data/gather_query.h"

#include <algorithm>
#include <new>

namespace og {
namespace {

constexpr uint64_t kOneFailed = uint64_t{1} << 32;

// Why a shard failed when the program did not say so.
const char* text_of(Status reason) {
  switch (reason) {
    case Status::kTimeout:
      return "not in within the deadline";
    case Status::kFull:
      return "its rows exceed max_bytes";
    case Status::kLapsed:
      return "still out when the rows were read";
    case Status::kNoMemory:
      return "no memory for its rows";
    default:
      return "";
  }
}

}  // namespace

Result<std::unique_ptr<GatherQuery>> GatherQuery::create(std::shared_ptr<Gather> gather,
                                                         std::span<const int32_t> shards,
                                                         int64_t now) {
  std::vector<std::pair<int32_t, size_t>> places;
  bool in_order = true;
  for (size_t i = 0; i < shards.size(); ++i) {
    places.emplace_back(shards[i], i);
    in_order = in_order && shards[i] == static_cast<int32_t>(i);
  }
  std::sort(places.begin(), places.end());
  if (!places.empty() && places.front().first < 0) {
    return fail(Status::kInvalidArgument,
                "shard cannot be " + std::to_string(places.front().first));
  }
  auto same = [](auto& a, auto& b) { return a.first == b.first; };
  auto twice = std::adjacent_find(places.begin(), places.end(), same);
  if (twice != places.end()) {
    return fail(Status::kInvalidArgument,
                "shard " + std::to_string(twice->first) + " stands twice");
  }
  std::unique_ptr<GatherQuery> query(new GatherQuery(std::move(gather), shards, now));
  if (!in_order) query->places_ = std::move(places);
  return query;
}

GatherQuery::GatherQuery(std::shared_ptr<Gather> gather, std::span<const int32_t> shards,
                         int64_t now)
    : gather_(std::move(gather)),
      start_(from_zero(now)),
      due_(gather_->settings_.deadline_ns > 0 ? later(start_, gather_->settings_.deadline_ns)
                                              : kEndOfTime),
      shards_(shards.size()),
      needed_(gather_->needed(static_cast<int64_t>(shards.size()))),
      parts_(new Part[shards.size()]) {
  for (size_t i = 0; i < shards_; ++i) parts_[i].shard = shards[i];
  failed_.reserve(shards_);
}

GatherQuery::~GatherQuery() {
  QueryState end = state();
  gather_->counts_.add(end == QueryState::kComplete  ? Gather::kComplete
                       : end == QueryState::kPartial ? Gather::kPartial
                       : end == QueryState::kFailed  ? Gather::kFailed
                                                     : Gather::kAbandoned);
}

GatherQuery::Part* GatherQuery::find(int32_t shard) noexcept {
  if (places_.empty()) {
    return shard >= 0 && static_cast<size_t>(shard) < shards_ ? &parts_[static_cast<size_t>(shard)]
                                                              : nullptr;
  }
  auto found = std::lower_bound(places_.begin(), places_.end(), std::pair(shard, size_t{0}));
  return found != places_.end() && found->first == shard ? &parts_[found->second] : nullptr;
}

QueryState GatherQuery::state() const noexcept {
  uint64_t ended = ended_.load(std::memory_order_acquire);
  auto done = static_cast<int64_t>(ended % kOneFailed);
  auto failed = static_cast<int64_t>(ended / kOneFailed);
  auto all = static_cast<int64_t>(shards_);
  if (done == all) return QueryState::kComplete;
  if (done >= needed_) return QueryState::kPartial;
  return all - failed < needed_ ? QueryState::kFailed : QueryState::kPending;
}

int64_t GatherQuery::waiting() const noexcept {
  uint64_t ended = ended_.load(std::memory_order_acquire);
  return static_cast<int64_t>(shards_ - ended % kOneFailed - ended / kOneFailed);
}

// The shard has failed: its rows go, and it is on the list before it is counted.
void GatherQuery::end(Part& part, Status reason, std::string message) noexcept {
  part.stage = Stage::kFailed;
  part.reason = reason;
  part.message = std::move(message);
  part.dropped = static_cast<int64_t>(part.rows.size());
  bytes_.fetch_sub(part.rows.bytes(), std::memory_order_relaxed);
  part.rows.clear();
  {
    ForkLock lock(failures_);
    failed_.push_back(&part);  // room was made for all
  }
  ended_.fetch_add(kOneFailed, std::memory_order_acq_rel);
  gather_->counts_.add(Gather::kDropped, part.dropped);
  gather_->shard_counts_.add(reason == Status::kTimeout  ? Gather::kTimeout
                             : reason == Status::kFull   ? Gather::kFull
                             : reason == Status::kLapsed ? Gather::kUnread
                                                         : Gather::kError);
}

void GatherQuery::end_all(Status reason) noexcept {
  for (size_t i = 0; i < shards_; ++i) {
    ForkLock lock(parts_[i].mutex);
    if (parts_[i].stage == Stage::kOut) end(parts_[i], reason, {});
  }
}

void GatherQuery::expire(int64_t now) {
  if (due_ == kEndOfTime || now < due_ || expired_.load(std::memory_order_acquire)) return;
  ForkLock lock(ending_);
  end_all(Status::kTimeout);
  expired_.store(true, std::memory_order_release);
}

bool GatherQuery::charge(std::string_view key, std::string_view row) noexcept {
  auto most = static_cast<uint64_t>(gather_->settings_.max_bytes);
  if (key.size() > most || row.size() > most) return false;
  auto cost = static_cast<int64_t>(key.size() + row.size()) + ShardRows::kOverhead;
  int64_t held = bytes_.load(std::memory_order_relaxed);
  do {
    if (cost > gather_->settings_.max_bytes - held) return false;
  } while (!bytes_.compare_exchange_weak(held, held + cost, std::memory_order_relaxed));
  return true;
}

Status GatherQuery::row_at(int32_t shard, std::string_view key, std::string_view row, int64_t now) {
  Part* part = find(shard);
  if (!part) return Status::kInvalidArgument;
  expire(now);
  ForkLock lock(part->mutex);
  auto refuse = [&](Status status) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    gather_->counts_.add(Gather::kRefused);
    return status;
  };
  if (part->stage != Stage::kOut) return refuse(Status::kLapsed);
  if (!charge(key, row)) {
    end(*part, Status::kFull, {});
    return refuse(Status::kFull);
  }
  int64_t before = part->rows.bytes();
  try {
    part->rows.add(key, row);
  } catch (const std::bad_alloc&) {
    // What is charged and not in the rows is given back here, the rest by end().
    auto cost = static_cast<int64_t>(key.size() + row.size()) + ShardRows::kOverhead;
    bytes_.fetch_sub(cost - (part->rows.bytes() - before), std::memory_order_relaxed);
    end(*part, Status::kNoMemory, {});
    refuse(Status::kNoMemory);
    throw;
  }
  gather_->counts_.add(Gather::kRows);
  return Status::kOk;
}

Status GatherQuery::done_at(int32_t shard, int64_t now) {
  Part* part = find(shard);
  if (!part) return Status::kInvalidArgument;
  expire(now);
  ForkLock lock(part->mutex);
  if (part->stage != Stage::kOut) return Status::kLapsed;
  RowOrder order = gather_->settings_.order;
  if (order != RowOrder::kShard) part->rows.sort(order == RowOrder::kKeyDescending);
  part->stage = Stage::kDone;
  ended_.fetch_add(1, std::memory_order_acq_rel);
  gather_->shard_counts_.add(Gather::kDone);
  gather_->latency_.record(std::max<int64_t>(from_zero(now) - start_, 0));
  return Status::kOk;
}

Status GatherQuery::fail_at(int32_t shard, Status reason, std::string message, int64_t now) {
  Part* part = find(shard);
  if (!part || static_cast<int32_t>(reason) >= 0) return Status::kInvalidArgument;
  expire(now);
  ForkLock lock(part->mutex);
  if (part->stage != Stage::kOut) return Status::kLapsed;
  end(*part, reason, std::move(message));
  return Status::kOk;
}

QueryState GatherQuery::state_at(int64_t now, int64_t* waiting) {
  expire(now);
  if (waiting) *waiting = this->waiting();
  return state();
}

int64_t GatherQuery::time_left_at(int64_t now) const noexcept {
  return due_ == kEndOfTime ? kEndOfTime : std::max<int64_t>(due_ - from_zero(now), 0);
}

Status GatherQuery::next_at(MergedRow* out, int64_t now) {
  expire(now);
  ForkLock lock(ending_);
  if (!merge_) {
    QueryState decided = state();
    if (decided == QueryState::kPending) return Status::kWait;
    if (decided == QueryState::kFailed) return Status::kRefused;
    end_all(Status::kLapsed);
    const Gather::Settings& settings = gather_->settings_;
    auto merge = std::make_unique<RowMerge>(settings.order, settings.limit);
    for (size_t i = 0; i < shards_; ++i) {
      ForkLock part(parts_[i].mutex);
      if (parts_[i].stage == Stage::kDone) merge->add(parts_[i].shard, parts_[i].rows);
    }
    merge_ = std::move(merge);
  }
  return merge_->next(out) ? Status::kOk : Status::kNone;
}

int64_t GatherQuery::failures() const {
  ForkLock lock(failures_);
  return static_cast<int64_t>(failed_.size());
}

std::optional<ShardFailure> GatherQuery::failure(int64_t index) const {
  ForkLock lock(failures_);
  if (index < 0 || index >= static_cast<int64_t>(failed_.size())) return std::nullopt;
  const Part& part = *failed_[static_cast<size_t>(index)];
  const char* message = part.message.empty() ? text_of(part.reason) : part.message.c_str();
  return ShardFailure{part.shard, part.reason, message, part.dropped};
}

}  // namespace og
