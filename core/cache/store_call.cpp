// SPDX-License-Identifier: Apache-2.0
#include "core/cache/store_call.h"

namespace og {
namespace {

struct Record {
  const void* whose;
  uint64_t hash;
  void (*undo)(void*);
  void* context;
  StoreCall::What what;

  bool is(const void* of, StoreCall::What doing, uint64_t key_hash) const noexcept {
    return whose == of && what == doing && hash == key_hash;
  }
};

// Plain data: a destructor would keep the library from being unloaded while the thread lives. Few:
// a library's thread-locals come out of a small common room.
struct Records {
  static constexpr size_t kMost = 8;
  Record at[kMost];
  size_t count;

  Record* find(const void* whose, StoreCall::What what, uint64_t hash) noexcept {
    for (size_t i = count; i-- > 0;) {
      if (at[i].is(whose, what, hash)) return &at[i];
    }
    return nullptr;
  }
};
thread_local Records t_records;

}  // namespace

StoreCall::StoreCall(const void* whose, What what, uint64_t hash, void (*undo)(void*),
                     void* context) noexcept
    : whose_(whose), hash_(hash), what_(what) {
  Records& mine = t_records;
  if (mine.count < Records::kMost) mine.at[mine.count++] = {whose, hash, undo, context, what};
}

StoreCall::~StoreCall() {
  Records& mine = t_records;
  Record* found = mine.find(whose_, what_, hash_);
  if (found == nullptr) return;
  for (--mine.count; found != &mine.at[mine.count]; ++found) *found = found[1];
}

bool StoreCall::under_way(const void* whose, What what, uint64_t hash) noexcept {
  return t_records.find(whose, what, hash) != nullptr;
}

void StoreCall::abandon() noexcept {
  Records& mine = t_records;
  if (mine.count > 0 && mine.at[mine.count - 1].what == What::kProgram) --mine.count;
  while (mine.count > 0 && mine.at[mine.count - 1].what != What::kProgram) {
    Record gone = mine.at[--mine.count];
    if (gone.undo != nullptr) gone.undo(gone.context);
  }
}

}  // namespace og
