// SPDX-License-Identifier: Apache-2.0
#include "core/balance/kept_entries.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/hash.h"

namespace og {
namespace {

int64_t number(const Memory::Word& word) {
  return static_cast<int64_t>(word.load(std::memory_order_acquire));
}
void put(Memory::Word& word, int64_t value) noexcept {
  word.store(static_cast<uint64_t>(value), std::memory_order_release);
}

}  // namespace

KeptEntries::KeptEntries(void* memory, uint64_t capacity)
    : rooms_(static_cast<Room*>(memory)), count_(rooms_for(capacity)) {
  free_.reserve(count_);
}

EndpointPlace KeptEntries::Kept::own(const EndpointPlace& is) const {
  if (own_weight < 0) return {};
  for (const std::string* zone : {&is.zone, &known.is.zone}) {
    if (hash64(*zone) == own_zone) return {own_weight, *zone};
  }
  return {own_weight, std::string(1, '\0')};  // no zone that anybody could give
}

std::vector<KeptEntries::Kept> KeptEntries::read() {
  std::map<std::string, std::pair<uint64_t, Kept>> all;
  taken_.clear();
  free_.clear();
  for (size_t i = 0; i < count_; ++i) {
    const uint64_t number = rooms_[i].number.load(std::memory_order_seq_cst);
    last_number_ = std::max(last_number_, number);
    auto kept = number == 0 ? std::nullopt : read(rooms_[i]);
    if (!kept) {
      give_up(i);
      continue;
    }
    const Taken taken{i, kept->known.stamp, kept->own_weight >= 0};
    const auto [at, is_first] = taken_.try_emplace(kept->name, taken);
    auto& [other_number, other] = all[kept->name];
    if (!is_first && other_number > number) {
      give_up(i);
      continue;
    }
    if (!is_first) give_up(std::exchange(at->second, taken).room);
    other_number = number;
    other = std::move(*kept);
  }
  std::vector<Kept> entries;
  entries.reserve(all.size());
  for (auto& [name, numbered] : all) entries.push_back(std::move(numbered.second));
  return entries;
}

// Nothing where it makes no sense.
std::optional<KeptEntries::Kept> KeptEntries::read(const Room& room) const {
  std::array<uint64_t, kTextWords> text;
  for (size_t i = 0; i < kTextWords; ++i) text[i] = room.text[i].load(std::memory_order_acquire);
  const char* bytes = reinterpret_cast<const char*>(text.data());
  const size_t name = static_cast<unsigned char>(bytes[0]),
               zone = static_cast<unsigned char>(bytes[1]);
  if (name == 0 || name + zone > kMostText) return std::nullopt;
  Kept kept;
  kept.name.assign(bytes + 2, name);
  kept.known.is.zone.assign(bytes + 2 + name, zone);
  kept.known.is.weight = std::max(number(room.known_weight), EndpointPlace::kGone);
  kept.known.stamp = std::max<int64_t>(number(room.known_stamp), 0);
  kept.own_weight = std::max(number(room.own_weight), EndpointPlace::kGone);
  kept.own_zone = room.own_zone.load(std::memory_order_acquire);
  return kept;
}

void KeptEntries::keep(const std::string& name, const FleetEndpoints::Entry* entry) {
  const auto before = taken_.find(name);
  const bool fits = entry && name.size() + entry->known.is.zone.size() <= kMostText;
  if (fits) {
    if (free_.empty()) make_room();
    if (free_.empty()) return;
    const size_t room = free_.back();
    free_.pop_back();
    write(rooms_[room], name, *entry);
    const Taken taken{room, entry->known.stamp, entry->own.is_in()};
    const auto again = taken_.find(name);  // it may have made the room
    if (again == taken_.end())
      taken_.emplace(name, taken);
    else
      give_up(std::exchange(again->second, taken).room);
  } else if (before != taken_.end()) {
    give_up(before->second.room);
    taken_.erase(before);
  }
}

void KeptEntries::write(Room& room, const std::string& name,
                        const FleetEndpoints::Entry& entry) noexcept {
  std::array<uint64_t, kTextWords> text{};
  const std::string& zone = entry.known.is.zone;
  char* bytes = reinterpret_cast<char*>(text.data());
  bytes[0] = static_cast<char>(name.size());
  bytes[1] = static_cast<char>(zone.size());
  std::copy(name.begin(), name.end(), bytes + 2);
  std::copy(zone.begin(), zone.end(), bytes + 2 + name.size());
  for (size_t i = 0; i < kTextWords; ++i) room.text[i].store(text[i], std::memory_order_release);
  put(room.known_weight, entry.known.is.weight);
  put(room.known_stamp, entry.known.stamp);
  put(room.own_weight, entry.own.weight);
  room.own_zone.store(hash64(entry.own.zone), std::memory_order_release);
  room.number.store(++last_number_, std::memory_order_seq_cst);
}

void KeptEntries::give_up(size_t room) noexcept {
  rooms_[room].number.store(0, std::memory_order_seq_cst);
  free_.push_back(room);
}

void KeptEntries::make_room() noexcept {
  auto oldest = taken_.end();
  for (auto one = taken_.begin(); one != taken_.end(); ++one) {
    if (one->second.is_in_set) continue;
    if (oldest == taken_.end() || one->second.stamp < oldest->second.stamp) oldest = one;
  }
  if (oldest == taken_.end()) return;
  give_up(oldest->second.room);
  taken_.erase(oldest);
}

}  // namespace og
