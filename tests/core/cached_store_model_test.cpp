// SPDX-License-Identifier: Apache-2.0
// Random operations against a store that fails, fails after all, and applies half a batch, on a
// cache too small for the keys. What a get must answer follows from the store's log alone: the
// newest acknowledged write unless it is a dead letter, else what the store has.
#include <set>

#include "core/base/random.h"
#include "tests/core/faulty_store.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;

constexpr int kKeys = 12;

class Model {
 public:
  // Every write's value says which it is: "<number>", numbers rising; deletions are numbered by the
  // order alone, and told apart because a key's deletion is followed by no equal one in the log.
  struct Write {
    int64_t number = 0;
    std::optional<std::string> value;
  };

  void acknowledged(const std::string& key, Write write) { newest_[key] = std::move(write); }
  const Write* newest(const std::string& key) const {
    auto found = newest_.find(key);
    return found == newest_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, Write>& all() const { return newest_; }

 private:
  std::map<std::string, Write> newest_;
};

struct Run {
  Run(uint64_t seed, std::initializer_list<std::pair<const char*, const char*>> options)
      : random(seed), f(options, {{"capacity_entries", "6"}, {"shards", "1"}}) {
    f.store->on_write = [this](std::span<const StoreWrite>) {
      uint64_t draw = random.below(100);
      if (!faults || draw < 60) return Fault::kNone;
      return draw < 75 ? Fault::kRefused : draw < 88 ? Fault::kApplied : Fault::kHalf;
    };
    f.store->on_get = [this](std::string_view) { return !faults || random.below(10) > 0; };
  }

  std::string key() { return "key" + std::to_string(random.below(kKeys)); }

  std::set<std::string> dead() const {
    std::set<std::string> keys;
    for (const DeadLetter& letter : f.cached->dead_letters()) {
      keys.emplace(letter.write.get()->key());
    }
    return keys;
  }

  // Acknowledged, but no call that succeeded has written it yet.
  bool pending(const std::string& key, bool behind) const {
    if (!behind || model.newest(key) == nullptr || dead().contains(key)) return false;
    return !settled.contains(key) || settled.at(key) < model.newest(key)->number;
  }

  void learn() {  // what the store's log adds
    auto calls = f.store->calls();
    for (; seen < calls.size(); ++seen) {
      for (const auto& [key, value] : calls[seen].writes) {
        int64_t number = numbers.at({key, value});
        // In order: no write of a key is sent after a newer acknowledged one was.
        if (acknowledged.contains(number)) {
          CHECK(number >= sent[key]);
          sent[key] = number;
        }
        if (calls[seen].fault == Fault::kNone) settled[key] = std::max(settled[key], number);
      }
    }
  }

  void write(const std::string& key, bool erase) {
    ++next;
    Model::Write write{next, std::nullopt};
    if (!erase) write.value = std::to_string(next) + std::string(random.below(40), '.');
    // A deletion has no number to carry: the latest of the key's stands for the earlier ones.
    numbers[{key, write.value}] = next;
    auto done = f.cached->write(key, write.value);
    if (done && *done == Status::kOk) {
      acknowledged.insert(next);
      model.acknowledged(key, write);
    } else if (erase && model.newest(key) != nullptr && !model.newest(key)->value) {
      numbers[{key, std::nullopt}] = model.newest(key)->number;
    }
    learn();
  }

  void read(const std::string& key, bool behind) {
    auto answer = f.cached->get(key);
    if (!answer) return;
    std::optional<std::string> seen_value;
    if (answer->outcome == Status::kOk) seen_value = std::string(answer->value.bytes());
    auto wanted = pending(key, behind) ? model.newest(key)->value : f.store->row(key);
    CHECK(seen_value == wanted);
    ++reads;
  }

  Random random;
  CachedStoreFixture f;
  Model model;
  bool faults = true;
  int64_t next = 0, reads = 0;
  size_t seen = 0;
  std::map<FaultyStore::Row, int64_t> numbers;
  std::set<int64_t> acknowledged;
  std::map<std::string, int64_t> sent, settled;
};

}  // namespace

TEST_CASE("cached store model: aside and through answer what the store has, whatever fails") {
  for (const char* mode : {"aside", "through"}) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      Run run(seed, {{"mode", mode}});
      for (int i = 0; i < 500; ++i) {
        if (run.random.below(3) == 0) {
          run.write(run.key(), run.random.below(4) == 0);
        } else {
          run.read(run.key(), false);
        }
      }
      CHECK(run.reads > 200);
    }
  }
}

TEST_CASE("cached store model: behind answers the newest write, sends in order and loses nothing") {
  int64_t died = 0, coalesced = 0, from_buffer = 0, through = 0, full = 0;
  for (const char* when_full : {"through", "refuse", "block"}) {
    for (uint64_t seed = 1; seed <= 40; ++seed) {
      INFO(when_full << " " << seed);
      Run run(seed, {{"mode", "behind"},
                     {"batch_size", "4"},
                     {"flush_interval_ms", "20"},
                     {"buffer_entries", "8"},
                     {"retry_attempts", "2"},
                     {"retry_base_ms", "5"},
                     {"retry_max_ms", "20"},
                     {"dead_letters", "3"},
                     {"full", when_full}});
      std::vector<WriteBuffer::Batch> out;  // as a program would that writes several at a time
      std::vector<Fault> fates;
      for (int i = 0; i < 1500; ++i) {
        switch (run.random.below(12)) {
          case 0:
          case 1:
          case 2:
            run.write(run.key(), run.random.below(4) == 0);
            break;
          case 3:
            run.f.advance_ms(static_cast<int64_t>(run.random.below(10)));
            break;
          case 4:
            run.f.pump();
            run.learn();
            break;
          case 5:
            if (run.random.below(10) == 0) run.f.cached->flush(0);
            if (run.random.below(10) == 0) run.f.cache->clear();
            run.learn();
            break;
          case 6:
            if (out.size() < 2) {
              auto batch = run.f.cached->take_at(run.f.clock->now());
              if (!batch.empty()) out.push_back(std::move(batch));
            }
            break;
          case 7:
            if (!out.empty()) {
              auto which = static_cast<std::ptrdiff_t>(run.random.below(out.size()));
              auto batch = std::move(out[static_cast<size_t>(which)]);
              out.erase(out.begin() + which);
              auto done = run.f.store->write(batch.writes);
              run.learn();
              run.f.cached->complete_at(batch, done ? nullptr : &done.error(), run.f.clock->now());
            }
            break;
          case 8:
            if (run.random.below(8) == 0) run.f.cached->redrive_all_at(run.f.clock->now());
            break;
          default:
            run.read(run.key(), true);
        }
        WriteBufferStats now = run.f.buffer();
        if (now.pending > 8 || now.dead_letters > 3) FAIL("over its bounds");
      }
      run.faults = false;
      for (auto& batch : out) {
        REQUIRE(run.f.store->write(batch.writes));
        run.f.cached->complete_at(batch, nullptr, run.f.clock->now());
      }
      CHECK(run.f.cached->flush(0) == 0);
      while (run.f.cached->redrive_all_at(run.f.clock->now()) > 0) {
        CHECK(run.f.cached->flush(0) == 0);
      }
      run.learn();
      CHECK(run.f.buffer().pending == 0);
      CHECK(run.f.buffer().bytes == 0);
      CHECK(run.f.buffer().writing == 0);
      for (const auto& [key, write] : run.model.all()) {
        // A newer write that failed for its caller may have been applied; else the newest is there.
        if (!run.f.cached->stats().write_failures) CHECK(run.f.store->row(key) == write.value);
        run.read(key, true);
      }
      died += run.f.buffer().buried;
      coalesced += run.f.buffer().coalesced;
      from_buffer += run.f.cached->stats().buffer_hits;
      through += run.f.cached->stats().written_through;
      full += run.f.cached->stats().refused;
    }
  }
  // The run has been everywhere.
  CHECK(died > 0);
  CHECK(coalesced > 0);
  CHECK(from_buffer > 0);
  CHECK(through > 0);
  CHECK(full > 0);
}

}  // namespace og
