// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/cache/write_buffer.h"

namespace og {

// ---- who is next ----

// Into ready_, which stays ordered by due_ns: at its end, or with what is due sooner at its front.
void WriteBuffer::ready(Place place, List& from, int64_t due_ns) noexcept {
  change(*place, State::kReady);
  due_ns = std::min(due_ns, kLastDue);
  bool first = !ready_.empty() && due_ns < ready_.back().due_ns;
  if (first) due_ns = std::min(due_ns, ready_.front().due_ns);
  place->due_ns = due_ns;
  ready_.splice(first ? ready_.begin() : ready_.end(), from, place);
}

// What waited behind a write of its own key.
void WriteBuffer::ready_soon(Place place, int64_t now_ns) noexcept {
  bool flushing = place->next.flush < flushes_;
  ready(place, out_, flushing ? now_ns : later(place->next.age.since_ns, limits_.interval_ns));
}

void WriteBuffer::rest(Place place, int64_t now_ns) noexcept {
  int64_t longest = std::max<int64_t>(1, limits_.retry_base_ns);
  for (int64_t i = 1; i < place->failures && longest < limits_.retry_max_ns; ++i) longest *= 2;
  longest = std::max<int64_t>(1, std::min(longest, limits_.retry_max_ns));
  change(*place, State::kResting);
  // Not at once, so that a pump tries a write once.
  auto delay = static_cast<int64_t>(1 + random_.below(static_cast<uint64_t>(longest)));
  place->due_ns = later(now_ns, delay);
  resting_.push_back({place->due_ns, place});
  std::push_heap(resting_.begin(), resting_.end());
}

void WriteBuffer::stop_resting(Place place) noexcept {
  auto resting = std::find_if(resting_.begin(), resting_.end(),
                              [&](const Rest& rest) { return rest.place == place; });
  resting_.erase(resting);
  std::make_heap(resting_.begin(), resting_.end());
}

void WriteBuffer::wake_rested(int64_t now_ns) noexcept {
  while (!resting_.empty() && has_come(resting_.front().until_ns, now_ns)) {
    Place place = resting_.front().place;
    std::pop_heap(resting_.begin(), resting_.end());
    resting_.pop_back();
    ready(place, out_, place->due_ns);
  }
}

int64_t WriteBuffer::due_at(int64_t now_ns) const noexcept {
  int64_t rested = resting_.empty() ? kNeverExpires : resting_.front().until_ns;
  if (ready_.empty()) return rested;
  bool enough = static_cast<int64_t>(ready_.size()) >= limits_.batch_size;
  return std::min(rested, enough ? std::min(now_ns, kLastDue) : ready_.front().due_ns);
}

void WriteBuffer::hasten(int64_t now_ns) noexcept {
  if (!ready_.empty()) ready_.front().due_ns = std::min(ready_.front().due_ns, now_ns);
}

// ---- batches ----

WriteBuffer::Batch WriteBuffer::take(int64_t now_ns) {
  Batch batch;
  if ((ready_.empty() && resting_.empty()) || due_at(now_ns) > now_ns) return batch;
  size_t most = std::min(static_cast<size_t>(limits_.batch_size), ready_.size() + resting_.size());
  batch.items.reserve(most);
  batch.writes.reserve(most);
  wake_rested(now_ns);
  if (ready_.empty()) return batch;
  bool alone = ready_.front().alone;
  while (!ready_.empty() && batch.items.size() < (alone ? 1 : most)) {
    Place place = ready_.begin();
    if (place->alone != alone) break;
    change(*place, State::kWriting);
    place->writing = std::exchange(place->next, {});
    batch.items.push_back(place->writing.value);
    batch.writes.push_back(view_write(place->writing.value));
    out_.splice(out_.end(), ready_, place);
    ++stats_.writing;
  }
  ++stats_.batches;
  return batch;
}

// Batches may end in another process than they began in: each write is looked up, and one that is
// no longer being written is passed over.
WriteBuffer::Place WriteBuffer::being_written(const CacheValue& item) noexcept {
  auto found = index_.find(item.get()->key());
  if (found == index_.end()) return out_.end();
  Place place = found->second;
  bool same = place->out() && place->writing.value.get() == item.get();
  return same ? place : out_.end();
}

void WriteBuffer::complete(Batch& batch, const Error* error, int64_t now_ns) noexcept {
  for (const CacheValue& item : batch.items) {
    Place place = being_written(item);
    if (place == out_.end()) continue;
    --stats_.writing;
    if (error == nullptr) {
      written(place, now_ns);
    } else {
      failed(place, batch.items.size() > 1, *error, now_ns);
    }
  }
  batch.items.clear();
  batch.writes.clear();
}

void WriteBuffer::put_back(Batch& batch, int64_t now_ns) noexcept {
  for (const CacheValue& item : batch.items) {
    Place place = being_written(item);
    if (place == out_.end()) continue;
    --stats_.writing;
    if (place->next.value) {
      replace(place->writing, place->next);
    } else {
      place->next = std::exchange(place->writing, {});
    }
    if (closed_) {
      bury_unwritten(place);
    } else {
      ready_soon(place, now_ns);
    }
  }
  batch.items.clear();
  batch.writes.clear();
}

void WriteBuffer::written(Place place, int64_t now_ns) noexcept {
  ++stats_.stored;
  lag_.record(now_ns - place->writing.age.since_ns);
  end(place->writing);
  stats_.bytes -= size_of(place->writing);
  place->writing = {};
  place->failures = 0;
  place->alone = false;
  if (!place->next.value) {
    stats_.bytes -= charge(*place);
    erase(place, out_);
  } else if (closed_) {
    bury_unwritten(place);
  } else {
    ready_soon(place, now_ns);
  }
}

// `newer` stands for both from here on: in flushes, and in how long the store has been behind.
void WriteBuffer::replace(Write& older, Write& newer) noexcept {
  end(newer);
  stats_.bytes -= size_of(older);
  ++stats_.coalesced;
  newer.flush = older.flush;
  newer.age = std::move(older.age);
  older = {};
}

void WriteBuffer::failed(Place place, bool together, const Error& error, int64_t now_ns) noexcept {
  ++stats_.failures;
  ++place->failures;
  place->alone = place->alone || together;
  try {
    place->error = error;
  } catch (const std::bad_alloc&) {
    place->error = {error.code, {}, {}};
  }
  bool exhausted = false;
  if (place->next.value) {
    replace(place->writing, place->next);
  } else {
    place->next = std::exchange(place->writing, {});
    exhausted = ++place->next.attempts > limits_.retry_attempts;
  }
  bool space = static_cast<int64_t>(dead_.size()) < limits_.dead_letters &&
               dead_bytes_ + charge(*place) <= limits_.bytes;
  if (closed_ || (exhausted && space)) {
    bury(place);
  } else {
    rest(place, now_ns);
  }
}

// ---- writes by their callers ----

bool WriteBuffer::writing(std::string_view key) const noexcept {
  auto found = index_.find(key);
  return found != index_.end() && found->second->out();
}

WriteBuffer::Batch WriteBuffer::claim(std::string_view key, std::optional<std::string_view> value,
                                      int64_t now_ns) {
  Batch claim;
  claim.items.reserve(1);
  claim.writes.reserve(1);
  CacheValue item = make_write(key, value);
  reserve_for(1);
  auto found = index_.find(key);
  Place place = found == index_.end() ? enter(key) : found->second;
  const bool dead = place->state == State::kDead;
  if (place->state == State::kReady) out_.splice(out_.end(), ready_, place);
  if (place->state == State::kResting) stop_resting(place);
  if (dead) reopen(place);
  change(*place, dead ? State::kClaimedDead : State::kClaimed);
  place->aside = std::exchange(place->next, {});
  claim.items.push_back(item);
  claim.writes.push_back(view_write(item));
  begin(place->writing, std::move(item), now_ns);
  stats_.bytes += size_of(place->writing);
  ++stats_.writing;
  return claim;
}

bool WriteBuffer::settle(Batch& claim, bool stored, int64_t now_ns) noexcept {
  Place place = being_written(claim.items.front());
  if (place == out_.end()) return false;
  bool newest = !place->next.value;
  bool dead = place->state == State::kClaimedDead;
  bool aside = static_cast<bool>(place->aside.value);
  --stats_.writing;
  if (stored) {
    if (aside && !dead) end(place->aside);
    if (aside) ++stats_.coalesced;
    stats_.bytes -= size_of(place->aside);
    place->aside = {};
    written(place, now_ns);
    return newest;
  }
  end(place->writing);
  stats_.bytes -= size_of(place->writing);
  place->writing = {};
  if (aside && newest) {
    place->next = std::exchange(place->aside, {});
  } else if (aside && !dead) {
    replace(place->aside, place->next);
  } else if (aside) {
    stats_.bytes -= size_of(place->aside);
    place->aside = {};
  }
  if (!place->next.value) {
    stats_.bytes -= charge(*place);
    erase(place, out_);
  } else if (dead && newest) {
    lay_down(place);
  } else if (closed_) {
    bury_unwritten(place);
  } else {
    ready_soon(place, now_ns);
  }
  return newest;
}

}  // namespace og
