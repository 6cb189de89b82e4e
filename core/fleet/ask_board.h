// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/base/double_word.h"
#include "core/base/hash.h"
#include "core/base/time.h"

namespace og {

// Where the workers of a machine tell its agent which keys they want more of, and the agent tells
// them until when there is none. It lies in zeroed memory that processes share, any of which may be
// killed at any instruction.
//
// A key has one of kWindow slots behind its home. A slot's tag is 0 while it is free, the hash's
// with its lowest bit set while it is a key's, and a process's number, doubled, while that writes
// the key. One who asks adds to the slot's numbers, so that asking again is two additions. The
// agent frees what nobody asks for any more. Who was late and adds to a slot that is another key's
// by then has that key looked at once too often; two slots of one key are seen by the agent, which
// frees the later; a slot whose writer died is freed by the agent.
//
// Without a free slot a key is not asked for, and its worker denies: it asks again with its next
// call. So kSlots bounds the keys that a machine asks its fleet about at a time.
template <class M = Memory>
class AskBoard {
 public:
  using Word = typename M::Word;

  static constexpr size_t kSlots = 4096;
  static constexpr size_t kWindow = 16;
  static constexpr size_t kLongestKey = 120;  // of longer ones a hash of 128 bits is asked for

 private:
  struct Slot {
    Word asked;       // tokens that were asked for and not there, since the agent last looked
    Word largest;     // the most that one call asked for
    Word none_until;  // there are not as many as none_of
    Word none_of;
    Word is_ahead;  // the agent asks for it before it is spent
    Word left;      // on the server, as the agent last heard, and when the bucket is full again
    Word full_at;
    Word unspent;  // of what the agent granted, as it last looked: for the next agent
    Word untold;   // spent, of which the server does not know
    Word rounds;   // that the agent has asked the server in, and of those, that have ended
    Word ended;
    Word hash;
    Word size;
    std::array<Word, kLongestKey / 8> key;
  };
  struct Block {
    alignas(64) Word asks;                           // grows with each
    alignas(64) std::array<Word, kSlots / 64> used;  // a bit a slot that may have a key
    alignas(64) std::array<Word, kSlots> tags;
    std::array<Slot, kSlots> slots;
  };

 public:
  static constexpr uint64_t kBytes = (sizeof(Block) + 63) / 64 * 64;

  // memory: kBytes on a cache line's boundary.
  explicit AskBoard(void* memory) noexcept : block_(static_cast<Block*>(memory)) {}

  // ---- workers ----

  // ns until there may be `cost`, as the agent last heard; 0 where it has not. Writes nothing.
  int64_t wait(uint64_t hash, uint64_t cost, int64_t now) noexcept {
    const size_t at = find(tag_of(hash));
    if (at == kNone) return 0;
    const Slot& slot = block_->slots[at];
    const auto until = static_cast<int64_t>(slot.none_until.load(std::memory_order_acquire));
    const bool is_less = cost < slot.none_of.load(std::memory_order_acquire);
    if (block_->tags[at].load(std::memory_order_acquire) != tag_of(hash)) return 0;
    return is_less || until <= now ? 0 : until - now;
  }
  // Of a key each of whose calls asks: what is asked for now is of a round after the `rounds` that
  // there were, and has had its answer once as many have ended and one more.
  uint64_t rounds(uint64_t hash) const noexcept {
    const size_t at = find(tag_of(hash));
    return at == kNone ? 0 : block_->slots[at].rounds.load(std::memory_order_acquire);
  }
  uint64_t ended(uint64_t hash) const noexcept {
    const size_t at = find(tag_of(hash));
    return at == kNone ? 0 : block_->slots[at].ended.load(std::memory_order_acquire);
  }
  // Whether the last round had fewer than `cost`, also where there may be more by now.
  bool is_refused(uint64_t hash, uint64_t cost) const noexcept {
    const size_t at = find(tag_of(hash));
    if (at == kNone) return false;
    const Slot& slot = block_->slots[at];
    return slot.none_until.load(std::memory_order_acquire) != 0 &&
           cost >= slot.none_of.load(std::memory_order_acquire);
  }
  // What the agent last said of the key.
  struct Told {
    bool is_ahead = false;
    int64_t left = 0;
    int64_t full_at = 0;
  };
  Told told(uint64_t hash) const noexcept {
    const size_t at = find(tag_of(hash));
    if (at == kNone) return {};
    const Slot& slot = block_->slots[at];
    const Told told{slot.is_ahead.load(std::memory_order_acquire) != 0,
                    static_cast<int64_t>(slot.left.load(std::memory_order_acquire)),
                    static_cast<int64_t>(slot.full_at.load(std::memory_order_acquire))};
    return block_->tags[at].load(std::memory_order_acquire) == tag_of(hash) ? told : Told{};
  }
  // Asks for `cost` tokens. owner: this process's attachment, not 0. False: there is no slot.
  bool ask(uint64_t hash, std::string_view key, uint64_t cost, uint64_t owner) noexcept {
    const uint64_t tag = tag_of(hash);
    size_t at = find(tag);
    if (at == kNone) at = add(tag, hash, key, owner);
    if (at == kNone) return false;
    Slot& slot = block_->slots[at];
    raise_to(slot.largest, cost);
    slot.asked.fetch_add(cost, std::memory_order_acq_rel);
    // Also for a key whose writer died before it came to this.
    Word& used = block_->used[at / 64];
    const uint64_t bit = uint64_t{1} << at % 64;
    if (!(used.load(std::memory_order_acquire) & bit))
      used.fetch_or(bit, std::memory_order_seq_cst);
    block_->asks.fetch_add(1, std::memory_order_acq_rel);
    return true;
  }

  // ---- the agent ----

  // Grows with each ask: where it stands, nobody asked.
  uint64_t asks() const noexcept { return block_->asks.load(std::memory_order_acquire); }
  // Whether no slot is a key's, as far as who asked has said so.
  bool is_idle() const noexcept {
    for (const Word& word : block_->used) {
      if (word.load(std::memory_order_seq_cst) != 0) return false;
    }
    return true;
  }
  size_t in_use() const noexcept {
    size_t count = 0;
    for (const Word& word : block_->used)
      count += static_cast<size_t>(std::popcount(word.load(std::memory_order_relaxed)));
    return count;
  }
  // Each slot that a key has, and its tag.
  template <class F>
  void for_each(F&& look) {
    for (size_t word = 0; word < block_->used.size(); ++word) {
      uint64_t bits = block_->used[word].load(std::memory_order_acquire);
      for (; bits != 0; bits &= bits - 1) {
        const size_t at = word * 64 + static_cast<size_t>(std::countr_zero(bits));
        if (const uint64_t tag = key_tag(at)) look(at, tag);
      }
    }
  }
  // Frees the slots that processes were to write which died. Reads all.
  template <class IsAlive>
  void sweep(IsAlive&& is_alive) {
    for (Word& word : block_->tags) {
      uint64_t tag = word.load(std::memory_order_acquire);
      if (tag != 0 && !(tag & 1) && !is_alive(tag >> 1))
        word.compare_exchange_strong(tag, 0, std::memory_order_seq_cst);
    }
  }
  std::string key(size_t at) const {
    const Slot& slot = block_->slots[at];
    const size_t size = std::min<uint64_t>(slot.size.load(std::memory_order_acquire), kLongestKey);
    std::array<uint64_t, kLongestKey / 8> words;
    for (size_t i = 0; i < words.size(); ++i)
      words[i] = slot.key[i].load(std::memory_order_acquire);
    return {reinterpret_cast<const char*>(words.data()), size};
  }
  // The key's, whole.
  uint64_t hash(size_t at) const noexcept {
    return block_->slots[at].hash.load(std::memory_order_acquire);
  }
  struct Asked {
    uint64_t tokens = 0;
    uint64_t largest = 0;
  };
  Asked take_asked(size_t at) noexcept {
    Slot& slot = block_->slots[at];
    return {exchange(slot.asked), exchange(slot.largest)};
  }
  void none_until(size_t at, int64_t time, int64_t of) noexcept {
    block_->slots[at].none_of.store(static_cast<uint64_t>(of), std::memory_order_release);
    block_->slots[at].none_until.store(static_cast<uint64_t>(from_zero(time)),
                                       std::memory_order_release);
  }
  void tell_ahead(size_t at, bool is_ahead) noexcept {
    block_->slots[at].is_ahead.store(is_ahead, std::memory_order_release);
  }
  void tell_left(size_t at, int64_t left, int64_t full_at) noexcept {
    block_->slots[at].left.store(static_cast<uint64_t>(from_zero(left)), std::memory_order_release);
    block_->slots[at].full_at.store(static_cast<uint64_t>(full_at), std::memory_order_release);
  }
  int64_t unspent(size_t at) const noexcept { return number(block_->slots[at].unspent); }
  void set_unspent(size_t at, int64_t tokens) noexcept { put(block_->slots[at].unspent, tokens); }
  int64_t untold(size_t at) const noexcept { return number(block_->slots[at].untold); }
  void set_untold(size_t at, int64_t tokens) noexcept { put(block_->slots[at].untold, tokens); }
  void begin_round(size_t at) noexcept {
    block_->slots[at].rounds.fetch_add(1, std::memory_order_acq_rel);
  }
  void end_rounds(size_t at) noexcept {
    Slot& slot = block_->slots[at];
    slot.ended.store(slot.rounds.load(std::memory_order_acquire), std::memory_order_release);
  }
  void free(size_t at, uint64_t tag) noexcept {
    block_->used[at / 64].fetch_and(~(uint64_t{1} << at % 64), std::memory_order_seq_cst);
    block_->tags[at].compare_exchange_strong(tag, 0, std::memory_order_seq_cst);
  }
  // The slot's tag where a key has it, else 0.
  uint64_t key_tag(size_t at) const noexcept {
    const uint64_t tag = block_->tags[at].load(std::memory_order_acquire);
    return tag & 1 ? tag : 0;
  }

 private:
  static constexpr size_t kNone = ~size_t{0};

  static int64_t number(const Word& word) noexcept {
    return static_cast<int64_t>(word.load(std::memory_order_acquire));
  }
  static void put(Word& word, int64_t value) noexcept {
    word.store(static_cast<uint64_t>(from_zero(value)), std::memory_order_release);
  }
  static uint64_t tag_of(uint64_t hash) noexcept { return hash | 1; }
  static size_t home(uint64_t tag) noexcept { return (tag >> 32) % kSlots; }

  size_t find(uint64_t tag) const noexcept {
    for (size_t i = 0; i < kWindow; ++i) {
      const size_t at = (home(tag) + i) % kSlots;
      if (block_->tags[at].load(std::memory_order_acquire) == tag) return at;
    }
    return kNone;
  }
  size_t add(uint64_t tag, uint64_t hash, std::string_view key, uint64_t owner) noexcept {
    for (size_t i = 0; i < kWindow; ++i) {
      const size_t at = (home(tag) + i) % kSlots;
      uint64_t free = 0;
      if (!block_->tags[at].compare_exchange_strong(free, owner << 1, std::memory_order_seq_cst))
        continue;
      write(block_->slots[at], hash, key);
      block_->tags[at].store(tag, std::memory_order_seq_cst);
      return at;
    }
    return kNone;
  }
  static void write(Slot& slot, uint64_t hash, std::string_view key) noexcept {
    for (Word* word :
         {&slot.asked, &slot.largest, &slot.none_until, &slot.none_of, &slot.is_ahead, &slot.left,
          &slot.full_at, &slot.unspent, &slot.untold, &slot.rounds, &slot.ended})
      word->store(0, std::memory_order_relaxed);
    std::array<char, kShortened> shortened;
    if (key.size() > kLongestKey) key = shorten(key, shortened);
    slot.hash.store(hash, std::memory_order_relaxed);
    slot.size.store(key.size(), std::memory_order_relaxed);
    for (size_t i = 0; i * 8 < key.size(); ++i) {
      uint64_t word = 0;
      std::memcpy(&word, key.data() + i * 8, std::min<size_t>(8, key.size() - i * 8));
      slot.key[i].store(word, std::memory_order_relaxed);
    }
  }
  // The same on all machines: a byte that begins no usual key, and 128 bits of hash in hex.
  static constexpr size_t kShortened = 33;
  static std::string_view shorten(std::string_view key,
                                  std::array<char, kShortened>& into) noexcept {
    constexpr std::string_view kDigits = "0123456789abcdef";
    into[0] = '\x01';
    size_t at = 1;
    for (const uint64_t seed : {uint64_t{1}, uint64_t{2}}) {
      const uint64_t hash = hash64(key, seed);
      for (int shift = 60; shift >= 0; shift -= 4) into[at++] = kDigits[hash >> shift & 15];
    }
    return {into.data(), into.size()};
  }
  static uint64_t exchange(Word& word) noexcept {
    uint64_t seen = word.load(std::memory_order_acquire);
    while (seen != 0 && !word.compare_exchange_strong(seen, 0, std::memory_order_seq_cst)) {
    }
    return seen;
  }

  Block* const block_;
};

}  // namespace og
