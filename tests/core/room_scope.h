// SPDX-License-Identifier: Apache-2.0
#pragma once

// A scope of the tests' own: its processes are objects, which a test kills.
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/base/zeroed_block.h"
#include "core/scope/scope.h"
#include "core/scope/segment_layout.h"

namespace og::test {

struct RoomObject final : ScopeObject {
  RoomObject(const Scope::Wanted& wanted)
      : own(aligned(wanted.bytes.own)), block(own + wanted.bytes.shared), text(wanted.options) {
    if (wanted.bytes.begin) wanted.bytes.begin(memory());
  }
  char* memory() const { return static_cast<char*>(block.data()); }
  std::string options() const override { return text; }
  const std::atomic<uint64_t>* options_version() const noexcept override { return &version; }
  Result<void> change_options(const Make& make) override {
    auto made = make(text);
    if (!made) return tl::unexpected(made.error());
    made->write();
    text = made->text;
    version.fetch_add(1);
    return {};
  }
  uint64_t own;
  ZeroedBlock block;
  std::string text;
  std::atomic<uint64_t> version{0};
};

// What the processes have in common: objects by kind and name, and who lives.
struct Room {
  static constexpr uint32_t kProcesses = 4;
  std::map<std::pair<CellKind, std::string>, std::shared_ptr<RoomObject>> objects;
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

  Result<Cells> cells(const Wanted& wanted) override {
    auto& object = room_.objects[{wanted.kind, std::string(wanted.name)}];
    if (!object) object = std::make_shared<RoomObject>(wanted);
    return Cells{object->memory(), object->memory() + object->own, object, object->own,
                 wanted.layout.version};
  }
  Result<std::optional<std::string>> options_of(CellKind kind,
                                                std::string_view name) const override {
    const auto found = room_.objects.find({kind, std::string(name)});
    if (found == room_.objects.end()) return std::nullopt;
    return found->second->options();
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
