// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ucontext.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace og::test {

// Runs a few bodies over shared words under every schedule that takes a body off the processor at
// most `preemptions` times (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007: such
// schedules hold nearly all bugs), each access to a word being a place where it may happen. With
// `death`, body 0 is also ended for ever at each of its accesses, as SIGKILL would. The memory is
// sequentially consistent: what weaker orders allow is ThreadSanitizer's to find.
class Interleaver {
 public:
  using Bodies = std::vector<std::function<void()>>;

  // make() gives fresh bodies, check() judges what they left. Returns how many schedules there
  // were.
  static int64_t explore(int preemptions, bool death, const std::function<Bodies()>& make,
                         const std::function<void(bool died)>& check) {
    Interleaver all;
    int64_t schedules = 0;
    do {
      all.run(make(), preemptions, death);
      check(all.died_);
      ++schedules;
    } while (all.next());
    return schedules;
  }

  // Before each access.
  static void step() {
    if (running()) running()->at_access();
  }

 private:
  struct Fiber {
    ucontext_t context{};
    std::unique_ptr<char[]> stack;
    std::function<void()> body;
    bool gone = false;
  };
  struct Choice {
    size_t taken, of;
  };
  static constexpr size_t kStack = 256 * 1024;

  static Interleaver*& running() {
    static Interleaver* now = nullptr;
    return now;
  }

  void run(Bodies bodies, int preemptions, bool death) {
    fibers_.resize(bodies.size());
    preemptions_ = preemptions;
    may_die_ = death;
    died_ = false;
    position_ = 0;
    for (size_t i = 0; i < bodies.size(); ++i) {
      Fiber& fiber = fibers_[i];
      if (!fiber.stack) fiber.stack.reset(new char[kStack]);
      fiber.body = std::move(bodies[i]);
      fiber.gone = false;
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = fiber.stack.get();
      fiber.context.uc_stack.ss_size = kStack;
      fiber.context.uc_link = nullptr;
      makecontext(&fiber.context, &Interleaver::enter, 0);
    }
    running() = this;
    go_on(&main_);
    running() = nullptr;
  }

  static void enter() {
    Interleaver& self = *running();
    self.fibers_[self.current_].body();
    self.leave();
  }
  void leave() {
    fibers_[current_].gone = true;
    go_on(&fibers_[current_].context);
  }
  // To any that is left, else back to run().
  void go_on(ucontext_t* from) {
    std::vector<size_t>& left = left_;
    left.clear();
    for (size_t i = 0; i < fibers_.size(); ++i) {
      if (!fibers_[i].gone) left.push_back(i);
    }
    if (left.empty()) {
      swapcontext(from, &main_);
      return;
    }
    current_ = left[choose(left.size())];
    swapcontext(from, &fibers_[current_].context);
  }

  void at_access() {
    const bool mortal = may_die_ && current_ == 0;
    left_.clear();
    for (size_t i = 0; preemptions_ > 0 && i < fibers_.size(); ++i) {
      if (i != current_ && !fibers_[i].gone) left_.push_back(i);
    }
    size_t choice = choose(1 + left_.size() + mortal);
    if (choice == 0) return;
    if (choice > left_.size()) {
      may_die_ = false;
      died_ = true;
      leave();
    }
    --preemptions_;
    Fiber& from = fibers_[current_];
    current_ = left_[choice - 1];
    swapcontext(&from.context, &fibers_[current_].context);
  }

  size_t choose(size_t of) {
    if (of == 1) return 0;
    if (position_ == path_.size()) path_.push_back({0, of});
    return path_[position_++].taken;
  }
  // The next path, depth first.
  bool next() {
    while (!path_.empty() && path_.back().taken + 1 == path_.back().of) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().taken;
    return true;
  }

  std::vector<Fiber> fibers_;
  std::vector<Choice> path_;
  std::vector<size_t> left_;
  ucontext_t main_{};
  size_t position_ = 0;
  size_t current_ = 0;
  int preemptions_ = 0;
  bool may_die_ = false, died_ = false;
};

// In the place of og::Memory.
struct SteppedMemory {
  struct Word {
    uint64_t value;
    uint64_t load(std::memory_order) const {
      Interleaver::step();
      return value;
    }
    void store(uint64_t wanted, std::memory_order) {
      Interleaver::step();
      value = wanted;
    }
    bool compare_exchange_strong(uint64_t& seen, uint64_t wanted, std::memory_order) {
      Interleaver::step();
      const bool same = value == seen;
      if (same)
        value = wanted;
      else
        seen = value;
      return same;
    }
    uint64_t fetch_add(uint64_t more, std::memory_order) {
      Interleaver::step();
      const uint64_t before = value;
      value += more;
      return before;
    }
    uint64_t fetch_or(uint64_t bits, std::memory_order) {
      Interleaver::step();
      const uint64_t before = value;
      value |= bits;
      return before;
    }
    uint64_t fetch_and(uint64_t bits, std::memory_order) {
      Interleaver::step();
      const uint64_t before = value;
      value &= bits;
      return before;
    }
  };
  static bool swap_pair(Word* pair, uint64_t first, uint64_t second, uint64_t new_first,
                        uint64_t new_second) {
    Interleaver::step();
    if (pair[0].value != first || pair[1].value != second) return false;
    pair[0].value = new_first;
    pair[1].value = new_second;
    return true;
  }
};

}  // namespace og::test
