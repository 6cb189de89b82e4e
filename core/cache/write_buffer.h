// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/base/histogram.h"
#include "core/base/random.h"
#include "core/base/store.h"
#include "core/cache/age_list.h"
#include "core/cache/cache_entry.h"
#include "core/cache/cached_store_options.h"

namespace og {

// A write that was tried too often, or still waited at the close.
struct DeadLetter {
  CacheValue write;  // key and value in one; absent: a deletion
  int64_t attempts = 0;
  Error error;
};

struct WriteBufferStats {
  int64_t pending = 0;  // keys, with those being written
  int64_t bytes = 0;
  int64_t writing = 0;
  int64_t dead_letters = 0;
  int64_t oldest_ns = kNeverExpires;  // when the oldest was accepted
  // since the creation:
  int64_t coalesced = 0;  // overtaken in the buffer by a newer write to their key
  int64_t batches = 0;    // handed out
  int64_t stored = 0;
  int64_t failures = 0;  // attempts of a write that failed
  int64_t buried = 0;    // became dead letters
};

// What has been accepted and is not in the store yet, and what came of it. A data structure alone:
// no lock, no clock, no store; WriteBehind has those.
//
// A key has one entry, which holds at most two writes: the newest, which newer ones replace, and
// the one that a batch is writing. While there is the latter the key is in no other batch, so the
// store sees a key's writes in their order whatever fails. An entry is
//
//   new           without a write yet, within the call that makes it
//   ready         in a list ordered by when it is due. A batch is due with its first, or when
//                 batch_size are ready
//   resting       failed and waits for its retry, in a heap by time: "full jitter" of Brooker,
//                 "Exponential Backoff and Jitter" (AWS Architecture Blog, 2015), evenly from 0 to
//                 base * 2^failures
//   writing       in a batch
//   claimed       by a caller who writes the key itself; an older write that was ready or resting
//                 stands aside
//   claimed_dead  as claimed, and what stands aside is a dead letter
//   dead          tried too often. Its key has no newer write, or that would have taken its place,
//                 so it may be tried again at any time
//
// kTransitions lists what may follow what. An entry ends once its last write is in the store, its
// claim failed with no other write left, or its dead letter is discarded.
//
// Writes that failed together are tried again one by one, so that a bad one takes no other with it.
// When the list of dead letters is full a write that failed too often rests and is tried on: what
// was accepted is never dropped.
//
// Whatever can fail for want of memory comes before the first change, and everything that a failing
// store needs to be survived is noexcept: lists are spliced, the heap's room is reserved when the
// entry is made.
//
// In three files: what goes in and what is left (write_buffer.cpp), what is written and tried again
// (write_batches.cpp), what was given up (dead_letters.cpp).
class WriteBuffer {
 public:
  // Charged for each entry beside its key, which is kept twice, and its values. Measured with
  // glibc: 448 to 503.
  static constexpr int64_t kEntryOverhead = 496;

  // `buried` is told the key of each dead letter at once; it may not throw or call back.
  WriteBuffer(const WriteBufferLimits& limits, std::function<void(std::string_view)> buried);

  // Views of what it holds references to, so good for as long as it lives.
  struct Batch {
    std::vector<CacheValue> items;
    std::vector<StoreWrite> writes;
    bool empty() const noexcept { return items.empty(); }
  };

  // Other limits, for what is added, taken or has failed from now on.
  void change(const WriteBufferLimits& limits) noexcept { limits_ = limits; }

  // kOk, or kFull when there is no room or the oldest write is too old. No value is a deletion.
  Status add(std::string_view key, std::optional<std::string_view> value, int64_t now_ns);
  bool ever_fits(std::string_view key, std::optional<std::string_view> value) const noexcept {
    return charge(key) + static_cast<int64_t>(value ? value->size() : 0) <= limits_.bytes;
  }
  // The newest write of the key that is not in the store, or nothing; not a dead letter.
  CacheValue find(std::string_view key) const noexcept;

  // What is due now, at most batch_size writes.
  Batch take(int64_t now_ns);
  // When take() will next have something; kNeverExpires when nothing waits.
  int64_t due_at(int64_t now_ns) const noexcept;
  // Ends a batch: stored, or failed with `error`.
  void complete(Batch& batch, const Error* error, int64_t now_ns) noexcept;
  // Takes a batch back that nobody got round to write, as if it had not been taken.
  void put_back(Batch& batch, int64_t now_ns) noexcept;
  // Makes the next batch due now, but no retry: somebody waits for room.
  void hasten(int64_t now_ns) noexcept;

  bool writing(std::string_view key) const noexcept;
  // Lets a caller for whose write there is no room write it itself, in its place in the key's
  // order: the key must not be being written, and is until settle(). An older write stands aside
  // meanwhile, and is back when this one fails. settle() is whether nothing newer came.
  Batch claim(std::string_view key, std::optional<std::string_view> value, int64_t now_ns);
  bool settle(Batch& claim, bool stored, int64_t now_ns) noexcept;

  // Makes everything in the buffer due, retries too; stands for it in left().
  int64_t begin_flush(int64_t now_ns) noexcept;
  // How many writes that were there at that flush are neither in the store nor dead.
  int64_t left(int64_t flush) const noexcept;
  // What is ready or resting becomes dead letters, however many, and so does what fails from now
  // on.
  void close() noexcept;

  std::vector<DeadLetter> dead_letters() const;  // the oldest first
  std::optional<std::string> oldest_dead_key() const;
  bool discard_dead_letter(std::string_view key) noexcept;
  // Takes a dead letter back into the buffer, as if it had been added now: kOk, kMiss when there is
  // none, kFull when there is no room.
  Status revive(std::string_view key, int64_t now_ns);

  WriteBufferStats stats() const noexcept;
  int64_t pending() const noexcept { return static_cast<int64_t>(index_.size() - dead_.size()); }
  const Histogram& lag() const noexcept { return lag_; }  // from the first add to being stored
  // In a forked child: what was buffered is the parent's to write.
  void forget() noexcept;

 private:
  enum class State { kNew, kReady, kResting, kWriting, kClaimed, kClaimedDead, kDead };
  struct Transition {
    State from, to;
  };
  // clang-format off: a row a transition
  static constexpr Transition kTransitions[] = {
      {State::kNew, State::kReady},          // add()
      {State::kNew, State::kClaimed},        // claim()
      {State::kReady, State::kWriting},      // take()
      {State::kReady, State::kClaimed},      // claim()
      {State::kReady, State::kDead},         // close()
      {State::kResting, State::kReady},      // its time has come, or begin_flush()
      {State::kResting, State::kClaimed},    // claim()
      {State::kWriting, State::kReady},      // stored, and a newer write waits; or put_back()
      {State::kWriting, State::kResting},    // failed
      {State::kWriting, State::kDead},       // failed too often; or ended after close()
      {State::kClaimed, State::kReady},      // settled, and another write waits
      {State::kClaimed, State::kDead},       // so, after close()
      {State::kClaimedDead, State::kReady},  // settled, and a newer write waits
      {State::kClaimedDead, State::kDead},   // failed: the letter is back; or ended after close()
      {State::kDead, State::kReady},         // revive(), or add() of a newer write
      {State::kDead, State::kClaimedDead},   // claim()
  };
  // clang-format on
  static bool is_transition(State from, State to) noexcept;
  struct Write {
    CacheValue value;
    AgeList::Place age;  // of the oldest that it stands for, as is
    int64_t flush = 0;   // how many flushes had begun
    int64_t attempts = 0;
  };
  struct Entry {
    std::string key;
    State state = State::kNew;
    Write next;
    Write writing;
    Write aside;  // while claimed: what next was before
    int64_t due_ns = 0;
    int64_t failures = 0;  // of the key, in a row
    bool alone = false;    // the last failed in company: the next try is alone

    bool out() const noexcept {  // `writing` is being written
      return state == State::kWriting || state == State::kClaimed || state == State::kClaimedDead;
    }
    Error error;
  };
  using List = std::list<Entry>;
  using Place = List::iterator;
  struct Rest {
    int64_t until_ns;
    Place place;
    bool operator<(const Rest& other) const noexcept { return until_ns > other.until_ns; }
  };
  struct Hash {
    uint64_t seed;
    size_t operator()(std::string_view key) const noexcept { return hash64(key, seed); }
  };

  // What is ready is due before the end of time: never is for a buffer in which nothing is.
  static constexpr int64_t kLastDue = kNeverExpires - 1;

  static int64_t size_of(const Write& write) noexcept;
  static int64_t charge(std::string_view key) noexcept {
    return kEntryOverhead + 2 * static_cast<int64_t>(key.size());
  }
  static int64_t charge(const Entry& entry) noexcept;
  bool room(int64_t bytes, int64_t entries) const noexcept;
  bool too_old(int64_t now_ns) const noexcept;
  void reserve_for(int64_t more);
  Place enter(std::string_view key);
  void begin(Write& write, CacheValue value, int64_t now_ns) noexcept;
  void change(Entry& entry, State to) noexcept;
  Place being_written(const CacheValue& item) noexcept;
  void ready(Place place, List& from, int64_t due_ns) noexcept;
  void ready_soon(Place place, int64_t now_ns) noexcept;
  void rest(Place place, int64_t now_ns) noexcept;
  void stop_resting(Place place) noexcept;
  void wake_rested(int64_t now_ns) noexcept;
  void written(Place place, int64_t now_ns) noexcept;
  void failed(Place place, bool together, const Error& error, int64_t now_ns) noexcept;
  void replace(Write& older, Write& newer) noexcept;
  void bury(Place place) noexcept;
  void bury_unwritten(Place place) noexcept;
  void lay_down(Place place) noexcept;
  Place dead(std::string_view key) const noexcept;
  void reopen(Place place) noexcept;
  void end(Write& write) noexcept;
  void erase(Place place, List& from) noexcept;

  WriteBufferLimits limits_;
  const std::function<void(std::string_view)> buried_;
  AgeList ages_;  // of what was acknowledged, and is neither in the store nor dead
  std::unordered_map<std::string_view, Place, Hash> index_;  // keys are the entries' own
  List ready_, out_;                                         // out: resting or being written
  mutable List dead_;                                        // mutable: its end() stands for 'none'
  std::vector<Rest> resting_;
  std::map<int64_t, int64_t> writes_;  // how many stand for a write added after so many flushes
  int64_t flushes_ = 0;
  int64_t dead_bytes_ = 0;
  bool closed_ = false;
  Random random_;
  WriteBufferStats stats_;
  Histogram lag_;
};

// A key's write as a buffer holds it, and as a store takes it.
CacheValue make_write(std::string_view key, std::optional<std::string_view> value);
StoreWrite view_write(const CacheValue& write) noexcept;

}  // namespace og
