// SPDX-License-Identifier: Apache-2.0
// Processes that share a segment, for tests.
#pragma once

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>

#include "core/scope/segment.h"
#include "tests/catch.h"

namespace og::test {

// A segment's name, the test's own, gone afterwards.
struct SegmentName {
  std::string text = "/outgrow-test-" + std::to_string(getpid()) + "-" + std::to_string(++made);
  ~SegmentName() { shm_unlink(text.c_str()); }
  std::string path() const { return "/dev/shm" + text; }
  Segment::Settings settings(int64_t bytes = 1 << 20) const {
    return {.name = text, .bytes = bytes, .objects = 8, .attachments = 16, .mode = 0600};
  }
  static inline int made = 0;
};

inline std::shared_ptr<Segment> attach(const Segment::Settings& settings) {
  auto segment = Segment::attach(settings);
  if (!segment) FAIL(segment.error().message);
  return *segment;
}

// Waits for what other processes bring about, a minute at most, on however busy a machine: whether
// they did.
template <class F>
bool comes_true(F&& is) {
  for (int ms = 0; ms < 60'000; ++ms) {
    if (is()) return true;
    usleep(1000);
  }
  return is();
}

// Runs body in a process of its own, which ends with what it returns, or 99 where an assertion
// failed.
inline pid_t start(const std::function<int()>& body) {
  pid_t child = fork();
  if (child != 0) return child;
  int result = 99;
  try {
    result = body();
  } catch (...) {  // Catch's: the child must not go on as a second run of the tests
  }
  _exit(result);
}
// What it returned, or minus the signal that ended it.
inline int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// What is in a segment, of which a look at its objects told.
inline Result<Segment::Object> object_of(const std::shared_ptr<Segment>& segment,
                                         const Segment::ObjectInfo& info) {
  const CellLayout any{.version = UINT16_MAX};
  return segment->object({info.kind, info.name, info.options, static_cast<uint64_t>(info.bytes),
                          static_cast<uint64_t>(info.own_bytes), 0, any});
}

}  // namespace og::test
