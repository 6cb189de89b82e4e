// SPDX-License-Identifier: Apache-2.0
// What an agent leaves of each endpoint to the next, also where it is killed within a write.
#include "core/balance/kept_entries.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/zeroed_block.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

using Entry = FleetEndpoints::Entry;

const KeptEntries::Kept* find(const std::vector<KeptEntries::Kept>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& kept) { return kept.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("the next agent finds what was known of an endpoint and how it stood") {
  const ZeroedBlock memory(KeptEntries::bytes_for(4));
  KeptEntries kept(memory.data(), 4);
  REQUIRE(kept.read().empty());
  const Entry entry{{{7, "eu"}, 1000}, {5, "us"}}, gone{{{}, 2000}, {}};
  kept.keep("a", &entry);
  kept.keep("b", &gone);
  kept.keep("c", &entry);
  kept.keep("c", nullptr);
  auto all = KeptEntries(memory.data(), 4).read();
  REQUIRE(all.size() == 2);
  const auto* a = find(all, "a");
  REQUIRE(a);
  CHECK(a->known.stamp == 1000);
  CHECK(a->known.is == EndpointPlace{7, "eu"});
  CHECK(a->own({5, "us"}) == EndpointPlace{5, "us"});
  CHECK(a->own({9, "us"}) == EndpointPlace{5, "us"});
  // Whose zone it was is not known where nobody has it any more: it was another one.
  CHECK_FALSE(a->own({5, "eu"}) == EndpointPlace{5, "eu"});
  CHECK(a->own({}).weight == 5);
  CHECK(find(all, "b")->own({3, "eu"}) == EndpointPlace{});
  CHECK(find(all, "b")->known.stamp == 2000);
}

TEST_CASE("where there is no room the oldest of those that are not in the set are forgotten") {
  const ZeroedBlock memory(KeptEntries::bytes_for(1));
  KeptEntries kept(memory.data(), 1);
  kept.read();
  const Entry in_set{{{1, ""}, 1}, {1, ""}};
  kept.keep("own", &in_set);
  const auto rooms = static_cast<int64_t>(KeptEntries::rooms_for(1));
  for (int64_t i = 0; i < rooms + 10; ++i) {
    const Entry gone{{{}, 100 + i}, {}};
    kept.keep("gone " + std::to_string(i), &gone);
  }
  const auto all = KeptEntries(memory.data(), 1).read();
  REQUIRE(static_cast<int64_t>(all.size()) == rooms);
  CHECK(find(all, "own"));
  CHECK_FALSE(find(all, "gone 10"));
  CHECK(find(all, "gone 11"));
  CHECK(find(all, "gone " + std::to_string(rooms + 9)));
}

TEST_CASE("names and zones that are together too long are not kept") {
  const ZeroedBlock memory(KeptEntries::bytes_for(1));
  KeptEntries kept(memory.data(), 1);
  kept.read();
  const Entry fits{{{1, std::string(54, 'z')}, 1}, {}},
      too_long{{{1, std::string(55, 'z')}, 2}, {}};
  kept.keep(std::string(200, 'n'), &fits);
  REQUIRE(kept.read().size() == 1);
  kept.keep(std::string(200, 'n'), &too_long);
  REQUIRE(kept.read().empty());
}

TEST_CASE("bytes that are none of ours are read as far as they make sense") {
  const ZeroedBlock memory(KeptEntries::bytes_for(8));
  std::memset(memory.data(), 0xff, KeptEntries::bytes_for(8));
  REQUIRE(KeptEntries(memory.data(), 8).read().empty());
}

// An endpoint's stamp says which of its words it is; all of a word goes by that.
TEST_CASE("an agent that is killed at any moment leaves each entry as it was or as it is to be") {
  const uint64_t bytes = KeptEntries::bytes_for(4);
  char* shared = static_cast<char*>(
      mmap(nullptr, bytes + 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  REQUIRE(shared != MAP_FAILED);
  auto& round = *reinterpret_cast<std::atomic<int64_t>*>(shared + bytes);
  const auto place = [](int64_t stamp) {
    return EndpointPlace{stamp % 1'000'000, std::to_string(stamp)};
  };
  for (int i = 0; i < 100; ++i) {
    const int64_t before = round.load();
    const pid_t agent = test::start([&] {
      KeptEntries kept(shared, 4);
      kept.read();
      for (int64_t now = before + 1;; ++now) {
        for (const char* name : {"a", "b", "c"}) {
          const Entry entry{{place(now), now}, place(now)};
          kept.keep(name, &entry);
        }
        round.store(now);
      }
      return 0;
    });
    while (round.load() < before + 1 + i % 7) usleep(1);
    kill(agent, SIGKILL);
    test::wait_for(agent);
    const int64_t done = round.load();
    const auto all = KeptEntries(shared, 4).read();
    REQUIRE(all.size() == 3);
    for (const auto& kept : all) {
      INFO(kept.name << " at " << kept.known.stamp << " after " << done);
      REQUIRE(kept.known.stamp >= done);
      REQUIRE(kept.known.stamp <= done + 1);
      REQUIRE(kept.known.is == place(kept.known.stamp));
      REQUIRE(kept.own(place(kept.known.stamp)) == place(kept.known.stamp));
    }
    round.store(done + 1);
  }
  munmap(shared, bytes + 4096);
}

}  // namespace og
