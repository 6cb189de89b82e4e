// SPDX-License-Identifier: Apache-2.0
#include "core/cache/write_buffer.h"

namespace og {

void WriteBuffer::bury(Place place) noexcept {
  ++stats_.buried;
  end(place->next);
  lay_down(place);
}

void WriteBuffer::bury_unwritten(Place place) noexcept {
  if (place->next.attempts == 0) {
    try {
      place->error = {Status::kTimeout, "closed before it was written", {}};
    } catch (const std::bad_alloc&) {
      place->error = {Status::kTimeout, {}, {}};
    }
  }
  bury(place);
}

void WriteBuffer::lay_down(Place place) noexcept {
  stats_.bytes -= charge(*place);
  dead_bytes_ += charge(*place);
  change(*place, State::kDead);
  dead_.splice(dead_.end(), out_, place);
  buried_(place->key);
}

WriteBuffer::Place WriteBuffer::dead(std::string_view key) const noexcept {
  auto found = index_.find(key);
  bool there = found != index_.end() && found->second->state == State::kDead;
  return there ? found->second : dead_.end();
}

// Charged to the buffer again, in out_.
void WriteBuffer::reopen(Place place) noexcept {
  dead_bytes_ -= charge(*place);
  stats_.bytes += charge(*place);
  place->failures = 0;
  place->alone = false;
  out_.splice(out_.end(), dead_, place);
}

std::vector<DeadLetter> WriteBuffer::dead_letters() const {
  std::vector<DeadLetter> letters;
  letters.reserve(dead_.size());
  for (const Entry& entry : dead_) {
    letters.push_back({entry.next.value, entry.next.attempts, entry.error});
  }
  return letters;
}

std::optional<std::string> WriteBuffer::oldest_dead_key() const {
  if (dead_.empty()) return std::nullopt;
  return dead_.front().key;
}

bool WriteBuffer::discard_dead_letter(std::string_view key) noexcept {
  Place place = dead(key);
  if (place == dead_.end()) return false;
  dead_bytes_ -= charge(*place);
  erase(place, dead_);
  return true;
}

Status WriteBuffer::revive(std::string_view key, int64_t now_ns) {
  Place place = dead(key);
  if (place == dead_.end()) return Status::kMiss;
  if (!room(charge(*place), 1)) return Status::kFull;
  reserve_for(1);
  reopen(place);
  begin(place->next, std::move(place->next.value), now_ns);
  ages_.join(place->next.age);
  ready(place, out_, later(now_ns, limits_.interval_ns));
  return Status::kOk;
}

}  // namespace og
