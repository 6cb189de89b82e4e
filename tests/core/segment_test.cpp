// SPDX-License-Identifier: Apache-2.0
#include "core/scope/segment.h"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <random>
#include <string>

#include "tests/core/host_processes.h"

namespace og {
namespace {

using test::attach;
using test::SegmentName;
using test::start;
using test::wait_for;
using Words = std::atomic<uint64_t>;

std::string refusal(const Segment::Settings& settings) {
  auto segment = Segment::attach(settings);
  return segment ? "attached" : segment.error().message;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  chmod(path.c_str(), 0600);
}
std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("segment: an object is the same memory in every process, and nothing resets it") {
  SegmentName name;
  auto segment = attach(name.settings());
  auto made = segment->object({1, "api", "rate=1/s", 4096});
  REQUIRE(made);
  CHECK(made->made);
  auto* words = static_cast<Words*>(made->memory);
  for (int i = 0; i < 512; ++i) REQUIRE(words[i].load() == 0);
  CHECK(reinterpret_cast<uintptr_t>(made->memory) % 64 == 0);
  words[0] = 7;
  segment.reset();

  pid_t child = start([&] {
    auto mine = Segment::attach(name.settings());
    if (!mine) return 1;
    auto object = (*mine)->object({1, "api", "rate=1/s", 4096});
    if (!object || object->made) return 2;
    return static_cast<Words*>(object->memory)[0].fetch_add(1) == 7 ? 0 : 3;
  });
  CHECK(wait_for(child) == 0);
  segment = attach(name.settings());
  auto again = segment->object({1, "api", "rate=1/s", 4096});
  REQUIRE(again);
  CHECK_FALSE(again->made);
  CHECK(static_cast<Words*>(again->memory)[0] == 8);
  CHECK(attach(name.settings()) == segment);  // one an process
}

TEST_CASE("segment: an object keeps the options that it was made with until they are changed") {
  SegmentName name;
  auto segment = attach(name.settings());
  const auto made = segment->object({1, "api", "rate=1/s", 64});
  REQUIRE(made);
  const auto other = segment->object({1, "api", "rate=2/s", 64});
  REQUIRE(other);
  CHECK(other->memory == made->memory);
  CHECK(segment->options_of(other->number) == "rate=1/s");
  CHECK(segment->object({2, "api", "rate=2/s", 64}));  // of another kind
  CHECK(segment->objects().size() == 2);

  auto change = [&](std::string text) {
    return segment->change_options_of(made->number, [&](const std::string& before) {
      CHECK(before == segment->objects()[0].options);
      return Result<ScopeObject::Changed>({text, [&] { ++*static_cast<uint64_t*>(made->memory); }});
    });
  };
  for (int i = 0; i < 5; ++i) {
    const std::string text = "rate=" + std::string(static_cast<size_t>(i * 60), '1') + "/s";
    REQUIRE(change(text));
    CHECK(segment->objects()[0].options == text);
  }
  CHECK(change(std::string(257, 'x')).error().message ==
        "segment '" + name.text + "': there is room for 256 bytes of options, and these have 257");
  CHECK(*static_cast<uint64_t*>(made->memory) == 5);
  CHECK(segment->verify()->empty());
}

TEST_CASE("segment: releases use each other's cells as far as their layouts say so") {
  SegmentName name;
  auto segment = attach(name.settings());
  auto ask = [&](uint64_t own, CellLayout layout) {
    auto found = segment->object({1, "api", "", own + 64, own, own, layout});
    return found ? std::to_string(found->own_bytes) : found.error().message;
  };
  const std::string api = "segment '" + name.text + "': 'api' ";
  CHECK(ask(128, {.version = 3, .usable_by = 2, .uses = 2}) == "128");  // made
  CHECK(ask(64, {.version = 2, .usable_by = 2, .uses = 1}) == "128");   // the release before
  CHECK(ask(64, {.version = 1, .usable_by = 1, .uses = 1}) ==
        api + "is of a newer release: its cells have layout 3, and this library uses 1 to 1");
  CHECK(ask(192, {.version = 4, .usable_by = 3, .uses = 3}) == "128");  // the release after
  CHECK(ask(192, {.version = 5, .usable_by = 4, .uses = 4}) ==
        api + "is of an older release: its cells have layout 3, and this library uses 4 to 5");
  CHECK(ask(192, {.version = 3, .usable_by = 2, .uses = 2}) ==
        api + "has 192 bytes: too few for 256");
}

TEST_CASE("segment: what does not fit is an error, and what is there goes on") {
  SegmentName name;
  auto segment = attach(name.settings(1 << 16));
  CHECK(segment->object({1, "large", "", 1 << 16}).error().code == Status::kFull);
  for (int i = 0; i < 8; ++i) REQUIRE(segment->object({1, "n" + std::to_string(i), "", 64}));
  CHECK(segment->object({1, "ninth", "", 64}).error().message ==
        "segment '" + name.text + "': has room for 8 objects and no more");
  CHECK(segment->object({1, "n3", "", 64}));
  CHECK(segment->object({1, std::string(100, 'x'), "", 64}).error().code ==
        Status::kInvalidArgument);
  SegmentName small;
  CHECK(refusal(small.settings(1024)).find("option 'size' cannot be 1024") == 0);
}

TEST_CASE("segment: memory that there is not is an error that says where and what helps") {
  SegmentName name;
  const std::string why = refusal(name.settings(int64_t{1} << 40));
  const std::string begin = "segment '" + name.text + "': has no room for 1 TiB: /dev/shm has ";
  CHECK(why.substr(0, begin.size()) == begin);
  CHECK(why.find("; ask for less with size, or give /dev/shm more (a container's: --shm-size)") !=
        why.npos);
}

TEST_CASE("segment: a file that is none is refused, and left as it is") {
  SegmentName name;
  auto whole = [&] {
    auto segment = attach(name.settings());
    REQUIRE(segment->object({1, "api", "rate=1/s", 4096}));
    return read_file(name.path());
  }();
  auto refused = [&](std::string bytes) {
    write_file(name.path(), bytes);
    std::string why = refusal(name.settings());
    CHECK(read_file(name.path()) == bytes);
    return why.substr(why.find("': ") + 3);
  };
  CHECK(refused("#!/bin/sh\n") == "is no segment of outgrow's");
  CHECK(refused(std::string(whole.size(), '\0')) == "is no segment of outgrow's");
  CHECK(refused(whole.substr(0, 4096)) == "is damaged: it has 4096 of 1048576 bytes");
  CHECK(refused(whole.substr(0, 100)) == "is no segment of outgrow's");
  std::string newer = whole;
  newer[8] = kLayoutVersion + 1;
  CHECK(refused(newer) == "has layout " + std::to_string(kLayoutVersion + 1) +
                              ", this library has layout " + std::to_string(kLayoutVersion));
  std::string damaged = whole;
  damaged[24] = 1;  // its size
  CHECK(refused(damaged) == "is damaged: its head does not add up");
  std::mt19937 random(1);
  std::string noise(8192, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  CHECK(refused(noise) == "is no segment of outgrow's");
  write_file(name.path(), whole);
  CHECK(attach(name.settings())->objects().size() == 1);
}

TEST_CASE("segment: open to nobody but who the options say") {
  SegmentName name;
  attach(name.settings()).reset();
  struct stat status;
  REQUIRE(stat(name.path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  chmod(name.path().c_str(), 0666);
  CHECK(refusal(name.settings()).find("has mode 0666, wider than 0600") != std::string::npos);
  chmod(name.path().c_str(), 0600);
  if (geteuid() == 0) {
    REQUIRE(chown(name.path().c_str(), 12345, 0) == 0);
    CHECK(refusal(name.settings()).find("belongs to user 12345, not to 0") != std::string::npos);
  }
}

TEST_CASE("segment: one that was not finished, or of an earlier boot, is made anew") {
  SegmentName name;
  auto segment = attach(name.settings());
  REQUIRE(segment->object({1, "api", "", 64}));
  segment.reset();
  std::string whole = read_file(name.path());
  SECTION("its maker died before it was ready") {
    std::string half = whole.substr(0, 4096);
    half[offsetof(SegmentHead, ready)] = 0;
    write_file(name.path(), half);
    auto seen =
        Segment::inspect(name.text);  // to look at memory that is not there would end the process
    REQUIRE_FALSE(seen);
    CHECK(seen.error().message.find("is not ready") != std::string::npos);
    CHECK(attach(name.settings())->objects().empty());
  }
  SECTION("an empty file") {
    write_file(name.path(), "");
    CHECK(attach(name.settings())->objects().empty());
  }
}

TEST_CASE("segment: one in use is not made anew, whatever is scribbled over its head") {
  SegmentName name;
  auto segment = attach(name.settings());
  auto* words = static_cast<Words*>(segment->object({1, "api", "", 64})->memory);
  words[0] = 7;
  std::fstream(name.path(), std::ios::in | std::ios::out | std::ios::binary)
      .seekp(offsetof(SegmentHead, ready))
      .put(0);
  CHECK(wait_for(start([&] {
          segment.reset();  // as a process that comes anew
          std::string why = refusal(name.settings());
          return why.find("is damaged: its head does not say that it is ready, and it is in use") !=
                         why.npos
                     ? 0
                     : 1;
        })) == 0);
  CHECK(words[0] == 7);
  CHECK(segment->verify()->size() == 1);
}

TEST_CASE("segment: what is wrong with it is told") {
  SegmentName name;
  auto segment = attach(name.settings());
  REQUIRE(segment->object({1, "a", "x=1", 640}));
  auto* last = static_cast<char*>(segment->object({1, "b", "x=1", 640})->memory);
  CHECK(segment->verify()->empty());
  const auto records =
      static_cast<std::streamoff>(kAttachmentsOffset + 16 * sizeof(AttachmentRecord));
  const auto poke = [&](std::streamoff at, uint64_t value, size_t bytes) {
    std::fstream file(name.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at).write(reinterpret_cast<const char*>(&value),
                         static_cast<std::streamsize>(bytes));
  };
  const auto found = [&] { return segment->verify()->empty() ? "" : segment->verify()->front(); };
  last[640 + 2 * text_room_for(3)] = 1;  // behind its options
  CHECK(found() == "memory that no object has is not zero");
  last[640 + 2 * text_room_for(3)] = 0;
  const auto second = records + static_cast<std::streamoff>(sizeof(ObjectRecord));
  poke(second + static_cast<std::streamoff>(offsetof(ObjectRecord, name)), 'a', 1);
  CHECK(found() == "object 1 has the name of another: 'a'");
  poke(second + static_cast<std::streamoff>(offsetof(ObjectRecord, name)), 'b', 1);
  poke(second, 5, 8);
  CHECK(found() == "object 1 is in state 5");
  poke(second, 2, 8);
  poke(records + static_cast<std::streamoff>(offsetof(ObjectRecord, bytes)), 704, 8);
  CHECK(found() == "object 1 lies over object 0");
  poke(records + static_cast<std::streamoff>(offsetof(ObjectRecord, bytes)), uint64_t{1} << 40, 8);
  CHECK(found() == "object 0 is not within the segment");
}

TEST_CASE("segment: an attachment lives as long as its process, and a fork has its own") {
  SegmentName name;
  auto segment = attach(name.settings());
  const uint64_t parent = segment->owner();
  CHECK(parent != 0);
  CHECK(segment->is_alive(parent));
  int to_parent[2], to_child[2];
  REQUIRE(pipe(to_parent) == 0);
  REQUIRE(pipe(to_child) == 0);
  pid_t child = start([&] {
    uint64_t mine = segment->owner();
    if (mine == 0 || mine == parent || !segment->is_alive(parent)) return 1;
    if (write(to_parent[1], &mine, sizeof mine) != sizeof mine) return 2;
    char byte;
    return read(to_child[0], &byte, 1) == 1 ? 0 : 3;
  });
  uint64_t theirs = 0;
  REQUIRE(read(to_parent[0], &theirs, sizeof theirs) == sizeof theirs);
  CHECK(segment->is_alive(theirs));
  CHECK(segment->attachments().size() == 2);
  kill(child, SIGKILL);
  CHECK(wait_for(child) == -SIGKILL);
  CHECK_FALSE(segment->is_alive(theirs));
  CHECK(segment->is_alive(parent));
  CHECK(segment->attachments().size() == 1);
  // Its record goes to the next, who is somebody else.
  child = start([&] { return segment->owner() != theirs && segment->owner() != 0 ? 0 : 1; });
  CHECK(wait_for(child) == 0);
  for (int fd : {to_parent[0], to_parent[1], to_child[0], to_child[1]}) close(fd);
}

TEST_CASE("segment: a program that a process becomes, or starts, is not attached") {
  SegmentName name;
  auto segment = attach(name.settings());
  int to_parent[2];
  REQUIRE(pipe(to_parent) == 0);
  const auto sleep = [] { return execlp("sleep", "sleep", "600", nullptr); };
  const pid_t program = start([&] {
    const uint64_t mine = segment->owner();
    const pid_t started = start(sleep);
    if (write(to_parent[1], &mine, sizeof mine) != sizeof mine) return 1;
    if (write(to_parent[1], &started, sizeof started) != sizeof started) return 2;
    return sleep();
  });
  uint64_t before = 0;
  pid_t started = 0;
  REQUIRE(read(to_parent[0], &before, sizeof before) == sizeof before);
  REQUIRE(read(to_parent[0], &started, sizeof started) == sizeof started);
  CHECK(test::comes_true([&] { return segment->attached() == 1; }));  // when both have become it
  CHECK_FALSE(segment->is_alive(before));
  for (pid_t running : {program, started}) CHECK(kill(running, SIGKILL) == 0);
  CHECK(wait_for(program) == -SIGKILL);
  for (int fd : to_parent) close(fd);
}

TEST_CASE("segment: more processes than it was made for are told so") {
  SegmentName name;
  auto settings = name.settings();
  settings.attachments = 4;
  int hold[2];
  REQUIRE(pipe(hold) == 0);
  std::vector<pid_t> children;
  auto ready = attach(settings);
  auto count = static_cast<Words*>(ready->object({1, "count", "", 64})->memory);
  for (int i = 0; i < 3; ++i) {
    children.push_back(start([&] {
      close(hold[1]);
      count->fetch_add(1);
      char byte;
      return static_cast<int>(read(hold[0], &byte, 1));
    }));
  }
  while (count->load() < 3) usleep(1000);
  pid_t fifth = start([&] {
    ready.reset();  // an attachment of the fork's, which there was none for
    std::string why = refusal(settings);
    return why.find("4 processes are attached, and it was made for no more") != why.npos ? 0 : 1;
  });
  CHECK(wait_for(fifth) == 0);
  close(hold[1]);
  for (pid_t child : children) CHECK(wait_for(child) == 0);
  close(hold[0]);
}

TEST_CASE("segment: processes killed while they attach and make objects leave it whole") {
  SegmentName name;
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    pid_t child = start([&] {
      for (;;) {
        auto segment = Segment::attach(name.settings());
        if (!segment) return 1;
        for (int i = 0; i < 6; ++i) {
          auto object = (*segment)->object({1, "object-" + std::to_string(i), "rate=1/s", 640});
          if (!object) return 2;
          auto* words = static_cast<Words*>(object->memory);
          for (int word = 0; word < 80; ++word) words[word].fetch_add(1);
        }
        segment->reset();
        if (random() % 64 == 0) shm_unlink(name.text.c_str());
      }
    });
    usleep(random() % 3000);
    kill(child, SIGKILL);
    REQUIRE(wait_for(child) == -SIGKILL);
    auto segment = attach(name.settings());
    CHECK(segment->attachments().size() == 1);
    for (int i = 0; i < 6; ++i) {
      auto object = segment->object({1, "object-" + std::to_string(i), "rate=1/s", 640});
      REQUIRE(object);
      // Each word was counted up as often as the one before, but for the last of the dead.
      auto* words = static_cast<Words*>(object->memory);
      for (int word = 1; word < 80; ++word) {
        REQUIRE(words[word - 1] - words[word] <= static_cast<uint64_t>(round + 1));
      }
    }
  }
}

}  // namespace og
