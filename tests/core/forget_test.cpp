// SPDX-License-Identifier: Apache-2.0
// Objects of a segment that are taken down, and who keeps them from it.
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "core/balance/endpoints.h"
#include "core/guard/concurrency.h"
#include "core/inspect/host_faults.h"
#include "core/limit/limiter.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::attach;
using test::SegmentName;
using test::start;
using test::wait_for;

constexpr CellKind kKind = CellKind::kConcurrency;

std::unique_ptr<ConcurrencyLimiter> make(const std::shared_ptr<Segment>& segment,
                                         const std::string& name = "calls") {
  Config config;
  config.set_int("limit", 1);
  config.set_int("permit_ms", 0);
  auto made = ConcurrencyLimiter::create(config, make_manual_clock(0), Place(segment, name));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// What a file of a segment says of an object's record, as if somebody had died over it.
class Records {
 public:
  explicit Records(const SegmentName& name) : name_(name) {}
  void poke(uint32_t object, ObjectState state) const {
    const auto at = static_cast<std::streamoff>(kAttachmentsOffset + 16 * sizeof(AttachmentRecord) +
                                                object * sizeof(ObjectRecord));
    const auto value = static_cast<uint64_t>(state);
    std::fstream file(name_.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at).write(reinterpret_cast<const char*>(&value), sizeof value);
  }

 private:
  const SegmentName& name_;
};

}  // namespace

TEST_CASE("forget: what a process uses stays, and the process is named") {
  SegmentName name;
  auto segment = attach(name.settings());
  auto here = make(segment);
  const std::string self = std::to_string(getpid()) + " (core_tests)";
  const std::string is_used = "segment '" + name.text + "': 'calls' is in use by process";
  CHECK(segment->forget(kKind, "calls").error().message == is_used + " " + self);
  CHECK(segment->forget(kKind, "calls").error().code == Status::kInvalidArgument);
  CHECK_FALSE(segment->is_left(kKind, "calls"));
  auto again = make(segment);
  here.reset();
  CHECK_FALSE(segment->forget(kKind, "calls"));
  REQUIRE(again->enter() > 0);

  auto* step = test::make_shared_memory<std::atomic<int>>();
  const pid_t child = start([&] {
    again.reset();
    segment.reset();
    auto theirs = make(attach(name.settings()));
    step->store(1);
    test::comes_true([&] { return step->load() == 2; });
    return 0;
  });
  REQUIRE(test::comes_true([&] { return step->load() == 1; }));
  again.reset();
  CHECK(segment->forget(kKind, "calls").error().message ==
        is_used + " " + std::to_string(child) + " (core_tests)");
  kill(child, SIGKILL);
  CHECK(wait_for(child) == -SIGKILL);
  CHECK(segment->is_left(kKind, "calls"));
  CHECK(segment->forget(kKind, "calls"));
  CHECK(segment->forget(kKind, "calls"));  // is not there
  CHECK(segment->objects().empty());
  CHECK(make(segment)->enter() > 0);  // anew: the permit of before is gone
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: a forked child uses what its parent had, also when it has no attachment") {
  SegmentName name;
  const bool has_attachment = GENERATE(true, false);
  auto settings = name.settings();
  settings.attachments = has_attachment ? 2 : 1;
  auto segment = attach(settings);
  auto parents = make(segment);
  auto* step = test::make_shared_memory<std::atomic<int>>();
  const pid_t child = start([&] {
    step->store(1);
    if (!test::comes_true([&] { return step->load() == 2; })) return 1;
    return parents->limit() == 1 ? 0 : 2;
  });
  REQUIRE(test::comes_true([&] { return step->load() == 1; }));
  parents.reset();
  CHECK_FALSE(segment->forget(kKind, "calls"));
  step->store(2);
  CHECK(wait_for(child) == 0);
  // Of one without an attachment nobody knows whether it lives.
  CHECK(segment->forget(kKind, "calls").has_value() == has_attachment);
}

TEST_CASE("forget: the memory is the next object's, zeroed") {
  SegmentName name;
  auto segment = attach(name.settings());
  const auto put = [&](const char* object, uint64_t bytes) {
    auto found = segment->object({static_cast<uint32_t>(kKind), object, "x=1", bytes});
    if (!found) FAIL(found.error().message);
    REQUIRE(found->made);
    auto* memory = static_cast<unsigned char*>(found->memory);
    REQUIRE(std::all_of(memory, memory + bytes, [](unsigned char byte) { return byte == 0; }));
    std::memset(memory, 0xA5, bytes);
    return memory;
  };
  const int64_t whole = segment->usage().bytes_left;
  auto* first = put("first", 64 << 10);
  put("second", 1000);
  const int64_t left = segment->usage().bytes_left;
  CHECK(segment->forget(kKind, "first"));
  CHECK(segment->verify()->empty());
  CHECK(segment->usage().bytes_left == left);  // the largest that there is room for
  CHECK(put("third", 1000) == first);
  auto* fourth = put("fourth", 64 << 10);  // has no room before the second
  CHECK(fourth > first + (64 << 10));
  CHECK(put("fifth", 4096) == first + aligned(1000) + 2 * text_room_for(3));
  CHECK(segment->verify()->empty());
  for (int i = 0; i < 1000; ++i) {
    put("large", 512 << 10);
    REQUIRE(segment->forget(kKind, "large"));
  }
  for (const auto& object : segment->objects()) CHECK(segment->forget(kKind, object.name));
  CHECK(segment->usage().bytes_left == whole);
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: who dies over it leaves the object, or nothing") {
  SegmentName name;
  auto segment = attach(name.settings());
  const Records records(name);
  auto used = make(segment, "used");
  make(segment, "unused")->enter();
  make(segment, "last");
  const auto names = [&] {
    std::string all;
    for (const auto& object : segment->objects()) all += object.name + " ";
    return all;
  };
  REQUIRE(names() == "used unused last ");
  const int64_t permit = used->enter();
  SECTION("before it looked who uses it") {
    records.poke(0, ObjectState::kForgetting);
    records.poke(1, ObjectState::kForgetting);
    CHECK(segment->verify()->empty());
    CHECK(names() == "last ");
    Config config;  // who uses it goes on
    config.set_int("limit", 1);
    CHECK(used->reconfigure(config));
    CHECK(segment->forget(kKind, "none"));  // the next with the lock
    CHECK(names() == "used last ");
  }
  SECTION("while its memory was wiped") {
    records.poke(1, ObjectState::kMaking);
    CHECK(segment->verify()->empty());
    const auto again = make(segment, "unused");
    CHECK(again->in_flight() == 0);
    CHECK(names() == "used unused last ");
  }
  CHECK(segment->verify()->empty());
  CHECK(used->exit(permit) == Status::kOk);
}

TEST_CASE("forget: processes that make and forget the same, and are killed at it, spoil nothing") {
  SegmentName name;
  auto settings = name.settings(256 << 10);
  auto segment = attach(settings);
  auto kept = make(segment, "kept");
  const int64_t permit = kept->enter();
  REQUIRE(permit > 0);
  auto* rounds = test::make_shared_memory<std::atomic<int>>();
  const auto work = [&](const std::string& object) {
    auto own = attach(settings);
    for (;; ++*rounds) {
      {
        auto calls = make(own, object);
        const int64_t mine = calls->enter();  // what others hold, or 0 from memory that was wiped
        if (calls->limit() != 1) return 1;
        if (mine > 0 && calls->exit(mine) != Status::kOk) return 2;
        if (mine <= 0 && mine != static_cast<int64_t>(Status::kFull)) return 3;
      }
      (void)own->forget(kKind, object);
    }
  };
  for (int i = 0; i < 40; ++i) {
    const int before = rounds->load();
    pid_t workers[] = {start([&] { return work("a"); }), start([&] { return work("a"); }),
                       start([&] { return work("b"); })};
    CHECK(test::comes_true([&] { return rounds->load() > before + 20; }));
    usleep(static_cast<useconds_t>(i * 37));
    for (pid_t worker : workers) kill(worker, SIGKILL);
    for (pid_t worker : workers) REQUIRE(wait_for(worker) == -SIGKILL);
    REQUIRE(host_faults(segment)->empty());
  }
  for (const char* object : {"a", "b"}) CHECK(segment->forget(kKind, object));
  CHECK(segment->objects().size() == 1);
  CHECK(kept->exit(permit) == Status::kOk);
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: threads of one process that make and forget the same") {
  SegmentName name;
  auto segment = attach(name.settings());
  std::atomic<int> wrong{0};
  const auto work = [&] {
    for (int i = 0; i < 300; ++i) {
      wrong += make(segment)->limit() != 1;
      (void)segment->forget(kKind, "calls");
    }
  };
  std::thread other(work);
  work();
  other.join();
  CHECK(wrong == 0);
  CHECK(segment->forget(kKind, "calls"));
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: what somebody holds is not wiped, however close they come") {
  SegmentName name;
  auto segment = attach(name.settings());
  std::atomic<uint64_t> made{0};
  std::atomic<int> held{0}, wrong{0};
  const auto hold = [&] {
    const auto cells = segment->cells({kKind, "word", "", {.own = 64, .begin = [&](char* own) {
                                                             *reinterpret_cast<uint64_t*>(own) =
                                                                 ++made;
                                                           }}});
    auto* word = reinterpret_cast<std::atomic<uint64_t>*>(cells->own);
    const uint64_t seen = word->load();
    for (int i = 0; i < 30; ++i) wrong += word->load() != seen || seen == 0;
  };
  std::thread holder([&] {
    for (int i = 0; i < 100'000; ++i, ++held) hold();
  });
  while (held < 100'000) {
    (void)segment->forget(kKind, "word");
    hold();
  }
  holder.join();
  CHECK(wrong == 0);
  CHECK(made > 1);
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: with a set of endpoints goes what its balancers share") {
  SegmentName name;
  auto segment = attach(name.settings());
  auto calls = make(segment, "servers/own");
  {
    std::shared_ptr<EndpointSet> set = *EndpointSet::create({}, Place(segment, "servers"));
    REQUIRE(set->policy_memory("own", 64));
    CHECK(segment->objects().size() == 3);
    CHECK_FALSE(segment->forget(CellKind::kEndpoints, "servers"));
  }
  CHECK(segment->forget(kKind, "servers"));  // which is not there
  CHECK(segment->objects().size() == 3);
  CHECK(segment->forget(CellKind::kEndpoints, "servers"));
  CHECK(segment->objects().size() == 1);
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: one that nobody uses is made anew for options that it cannot change into") {
  SegmentName name;
  auto segment = attach(name.settings());
  const ClockPtr clock = make_manual_clock(0);
  const auto limiter = [&](int64_t keys, const char* rate, const char* on_mismatch = "adopt") {
    Config config;
    config.set("rate", rate);
    config.set_int("keys", keys);
    config.set("on_mismatch", on_mismatch);
    return Limiter::create(config, clock, Place(segment, "logins"));
  };
  const auto options = [&] { return segment->objects()[0].options; };
  {
    auto first = limiter(8, "2/h");
    REQUIRE(first);
    CHECK((*first)->acquire("a", 2) == 0);
    auto second = limiter(16, "2/h");  // it is used
    CHECK((*second)->acquire("a", 1) > 0);
    CHECK(segment->differences().size() == 1);
    CHECK_FALSE(limiter(16, "2/h", "replace"));
    CHECK_FALSE(limiter(16, "2/h", "refuse"));
  }
  CHECK((*limiter(8, "2/h"))->acquire("a", 1) > 0);  // asks for nothing else
  for (const char* on_mismatch : {"adopt", "replace", "refuse"}) {
    CHECK((*limiter(16, "2/h", on_mismatch))->acquire("a", 2) == 0);
    CHECK(options() == "rate=2/3600s keys=16");
    CHECK((*limiter(8, "2/h", on_mismatch))->acquire("a", 2) == 0);
    CHECK(options() == "rate=2/3600s keys=8");
  }
  // What can change does, and keeps its state.
  CHECK((*limiter(8, "4/h", "refuse"))->acquire("a", 1) > 0);
  CHECK(options() == "rate=4/3600s keys=8");
  CHECK(segment->objects().size() == 1);
  CHECK(segment->verify()->empty());
}

TEST_CASE("forget: cells that this release cannot use are made anew where nobody uses them") {
  SegmentName name;
  auto segment = attach(name.settings());
  const auto kind = static_cast<uint32_t>(kKind);
  CHECK(segment->object({kind, "calls", "limit=1", 64, 64, 64, {.version = 99, .usable_by = 99}}));
  CHECK(make(segment)->enter() > 0);
  CHECK(segment->objects().size() == 1);
}

}  // namespace og
