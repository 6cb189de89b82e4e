// SPDX-License-Identifier: Apache-2.0
#pragma once

// A scope of the tests' own: its processes are objects, which a test kills.
#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/base/zeroed_block.h"
#include "core/scope/scope.h"
#include "core/scope/segment_layout.h"

namespace og::test {

// What the processes have in common: objects by name, and who lives.
struct Room {
  static constexpr uint32_t kProcesses = 4;
  std::map<std::string, std::shared_ptr<ZeroedBlock>> objects;
  std::set<uint64_t> living;
  uint64_t seed = 42;
};

class RoomScope final : public Scope {
 public:
  RoomScope(Room& room, uint64_t index) : room_(room) {
    owner_.store(owner_of(index, 1));
    room_.living.insert(owner());
  }
  void die() { room_.living.erase(owner()); }

  Result<Cells> cells(CellKind, std::string_view name, const std::string& options,
                      Bytes bytes) override {
    const uint64_t behind = aligned(bytes.own);
    auto& block = room_.objects[std::string(name) + " " + options];
    if (!block) block = std::make_shared<ZeroedBlock>(behind + bytes.shared);
    char* memory = static_cast<char*>(block->data());
    return Cells{memory, memory + behind, block};
  }
  uint64_t seed() const override { return room_.seed; }
  bool is_copied_by_fork() const noexcept override { return true; }
  bool is_alive(uint64_t owner) const noexcept override { return room_.living.count(owner) != 0; }
  uint32_t attachment_limit() const noexcept override { return Room::kProcesses; }
  Result<Change> change(std::unique_lock<ForkMutex>*) const override { return *try_change(); }
  std::optional<Change> try_change() const override {
    ++changes;
    return Change(*this);
  }
  int64_t stat(Stat) const noexcept override { return 0; }

  mutable int changes = 0, ended = 0;

 private:
  void end_change() const noexcept override { ++ended; }
  Room& room_;
};

struct Processes {
  Room room;
  std::shared_ptr<RoomScope> one = std::make_shared<RoomScope>(room, 0);
  std::shared_ptr<RoomScope> other = std::make_shared<RoomScope>(room, 1);
};

}  // namespace og::test
