// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/double_word.h"
#include "core/fleet/fleet_endpoints.h"

namespace og {

// What a machine's agent knows of each endpoint of a set that its fleet shares, kept in the segment
// for the next agent. It is read and written under the scope's lock. Who dies in it leaves what was
// there before, or what was to be there: a record is written into a room that is free, then told by
// its number, and then the one before it is given up. Of two of a name the later number holds.
//
// Where there is no room, what the machine has not in its set makes some, the oldest word first:
// the next agent hears of that from the server.
class KeptEntries {
  using Word = Memory::Word;
  static constexpr size_t kTextWords = 32;

 public:
  static constexpr size_t kMostText = 254;  // bytes of name and zone together

  static constexpr uint64_t rooms_for(uint64_t capacity) { return 2 * capacity + 64; }
  static constexpr uint64_t bytes_for(uint64_t capacity) {
    return rooms_for(capacity) * sizeof(Room);
  }
  // memory: bytes_for(capacity), zeroed or in use.
  KeptEntries(void* memory, uint64_t capacity);

  // How it stood in the set: its zone as a hash, so that it need not be there twice.
  struct Kept {
    std::string name;
    EndpointWord known;
    int64_t own_weight = EndpointPlace::kGone;
    uint64_t own_zone = 0;

    // is: how it stands now.
    EndpointPlace own(const EndpointPlace& is) const;
  };
  // All of them, by the next agent.
  std::vector<Kept> read();
  // Null: forgets it. What is longer than kMostText is not kept.
  void keep(const std::string& name, const FleetEndpoints::Entry* entry);

 private:
  struct Room {
    Word number;  // 0: free
    Word known_weight, known_stamp;
    Word own_weight, own_zone;
    Word unused[3];
    std::array<Word, kTextWords> text;  // a byte a length, name, zone
  };
  struct Taken {
    size_t room;
    int64_t stamp;
    bool is_in_set;
  };

  std::optional<Kept> read(const Room& room) const;
  void write(Room& room, const std::string& name, const FleetEndpoints::Entry& entry) noexcept;
  void give_up(size_t room) noexcept;
  void make_room() noexcept;

  Room* const rooms_;
  const uint64_t count_;
  uint64_t last_number_ = 0;
  std::map<std::string, Taken> taken_;
  std::vector<size_t> free_;
};

}  // namespace og
