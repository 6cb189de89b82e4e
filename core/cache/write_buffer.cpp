// SPDX-License-Identifier: Apache-2.0
#include "core/cache/write_buffer.h"

#include <algorithm>
#include <cassert>

namespace og {

CacheValue make_write(std::string_view key, std::optional<std::string_view> value) {
  CacheValue made = CacheValue::adopt(CacheEntry::make(0, key, value.value_or("")));
  made.get()->absent = !value;
  return made;
}

StoreWrite view_write(const CacheValue& write) noexcept {
  CacheEntry* entry = write.get();
  if (entry->absent) return {entry->key(), std::nullopt};
  return {entry->key(), entry->value()};
}

WriteBuffer::WriteBuffer(const WriteBufferLimits& limits,
                         std::function<void(std::string_view)> buried)
    : limits_(limits),
      buried_(std::move(buried)),
      index_(0, Hash{limits.seed}),
      random_(limits.seed) {}

int64_t WriteBuffer::size_of(const Write& write) noexcept {
  return static_cast<int64_t>(write.value.bytes().size());
}

int64_t WriteBuffer::charge(const Entry& entry) noexcept {
  return charge(entry.key) + size_of(entry.next) + size_of(entry.writing) + size_of(entry.aside);
}

bool WriteBuffer::room(int64_t bytes, int64_t entries) const noexcept {
  return (bytes <= 0 || stats_.bytes + bytes <= limits_.bytes) &&
         (entries == 0 || pending() + entries <= limits_.entries);
}

// How far the store may be behind before a write is refused as by a full buffer.
bool WriteBuffer::too_old(int64_t now_ns) const noexcept {
  return limits_.max_age_ns > 0 && !ages_.empty() &&
         later(ages_.oldest_ns(), limits_.max_age_ns) <= now_ns;
}

bool WriteBuffer::is_transition(State from, State to) noexcept {
  return std::any_of(std::begin(kTransitions), std::end(kTransitions),
                     [&](const Transition& row) { return row.from == from && row.to == to; });
}

void WriteBuffer::change(Entry& entry, State to) noexcept {
  assert(is_transition(entry.state, to));
  entry.state = to;
}

// So that resting, and counting by flush, never fail.
void WriteBuffer::reserve_for(int64_t more) {
  writes_.try_emplace(flushes_, 0);
  auto wanted = static_cast<size_t>(pending() + more);
  if (resting_.capacity() < wanted) resting_.reserve(std::max<size_t>(64, 2 * wanted));
}

void WriteBuffer::begin(Write& write, CacheValue value, int64_t now_ns) noexcept {
  write = {};
  write.value = std::move(value);
  write.age.since_ns = now_ns;
  write.flush = flushes_;
  ++writes_.find(flushes_)->second;
}

// It is in the store, dead, or another stands for it; the value stays.
void WriteBuffer::end(Write& write) noexcept {
  auto row = writes_.find(write.flush);
  if (--row->second == 0) writes_.erase(row);
  write.age.leave();
}

// A new entry, charged but without a write, in out_.
WriteBuffer::Place WriteBuffer::enter(std::string_view key) {
  List fresh;
  fresh.emplace_back().key = key;
  index_.emplace(fresh.front().key, fresh.begin());
  stats_.bytes += charge(fresh.front());
  out_.splice(out_.end(), fresh);
  return std::prev(out_.end());
}

void WriteBuffer::erase(Place place, List& from) noexcept {
  index_.erase(place->key);
  from.erase(place);
}

Status WriteBuffer::add(std::string_view key, std::optional<std::string_view> value,
                        int64_t now_ns) {
  if (too_old(now_ns)) return Status::kFull;
  auto found = index_.find(key);
  bool dead = found != index_.end() && found->second->state == State::kDead;
  bool known = found != index_.end() && !dead;
  auto bytes = static_cast<int64_t>(value ? value->size() : 0);
  if (known) {
    Entry& entry = *found->second;
    int64_t more = bytes - size_of(entry.next);
    if (!room(more, 0)) return Status::kFull;
    CacheValue item = make_write(key, value);
    reserve_for(0);
    stats_.bytes += more;
    if (entry.next.value) {
      entry.next.value = std::move(item);
      entry.next.attempts = 0;
      ++stats_.coalesced;
    } else {
      begin(entry.next, std::move(item), now_ns);
      ages_.join(entry.next.age);
    }
    return Status::kOk;
  }
  if (!room(charge(key) + bytes, 1)) return Status::kFull;
  CacheValue item = make_write(key, value);
  reserve_for(1);
  Place place = dead ? found->second : enter(key);
  if (dead) {  // overtaken; the entry serves again
    reopen(place);
    stats_.bytes -= size_of(place->next);
  }
  begin(place->next, std::move(item), now_ns);
  ages_.join(place->next.age);
  stats_.bytes += bytes;
  ready(place, out_, later(now_ns, limits_.interval_ns));
  return Status::kOk;
}

CacheValue WriteBuffer::find(std::string_view key) const noexcept {
  auto found = index_.find(key);
  if (found == index_.end() || found->second->state == State::kDead) return {};
  const Entry& entry = *found->second;
  if (entry.next.value) return entry.next.value;
  if (entry.state == State::kWriting) return entry.writing.value;
  // Not acknowledged yet; what stood aside for it is what was last.
  return entry.state == State::kClaimed ? entry.aside.value : CacheValue();
}

// ---- flush and close ----

int64_t WriteBuffer::begin_flush(int64_t now_ns) noexcept {
  for (Entry& entry : ready_) entry.due_ns = std::min(entry.due_ns, now_ns);
  for (Rest& rest : resting_) ready(rest.place, out_, now_ns);
  resting_.clear();
  return flushes_++;
}

int64_t WriteBuffer::left(int64_t flush) const noexcept {
  int64_t sum = 0;
  for (auto row = writes_.begin(); row != writes_.end() && row->first <= flush; ++row) {
    sum += row->second;
  }
  return sum;
}

void WriteBuffer::close() noexcept {
  closed_ = true;
  begin_flush(0);
  while (!ready_.empty()) {
    Place place = ready_.begin();
    out_.splice(out_.end(), ready_, place);
    bury_unwritten(place);
  }
}

WriteBufferStats WriteBuffer::stats() const noexcept {
  WriteBufferStats out = stats_;
  out.pending = pending();
  if (!ages_.empty()) out.oldest_ns = ages_.oldest_ns();
  out.dead_letters = static_cast<int64_t>(dead_.size());
  return out;
}

void WriteBuffer::forget() noexcept {
  index_.clear();
  for (List* list : {&ready_, &out_, &dead_}) list->clear();
  resting_.clear();
  writes_.clear();
  stats_.bytes = stats_.writing = dead_bytes_ = 0;
}

}  // namespace og
