// SPDX-License-Identifier: Apache-2.0
// Attachments of forked children, and of processes that lose the segment's descriptor.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "core/balance/balancer.h"
#include "core/guard/concurrency.h"
#include "core/inspect/host_report.h"
#include "core/scope/file_lock.h"
#include "tests/core/host_processes.h"
#include "tests/sanitizers.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::attach;
using test::comes_true;
using test::SegmentName;
using test::start;
using test::wait_for;

constexpr auto kFull = static_cast<int64_t>(Status::kFull);
constexpr auto kIo = static_cast<int64_t>(Status::kIo);

std::unique_ptr<ConcurrencyLimiter> make(const std::shared_ptr<Segment>& segment,
                                         int64_t limit = 4) {
  Config config;
  config.set_int("limit", limit);
  auto made = ConcurrencyLimiter::create(config, make_manual_clock(0), Place(segment, "calls"));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// A step that a process waits for, over a fork.
struct Steps {
  std::atomic<int> at{0};
  void come_to(int step) { at.store(step); }
  bool wait(int step) {
    return comes_true([&] { return at.load() >= step; });
  }
};

void close_all_descriptors() {
  for (int fd = 3; fd < 1024; ++fd) close(fd);
}

// Another process that was stopped in the directory's lock: by an open file of its own.
class StoppedInside {
 public:
  explicit StoppedInside(const SegmentName& name) : fd_(open(name.path().c_str(), O_RDWR)) {
    REQUIRE(lock_byte(fd_, kDirectoryLock) == 0);
  }
  ~StoppedInside() { close(fd_); }

 private:
  int fd_;
};

template <class F>
int64_t ms_of(F&& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin)
      .count();
}

}  // namespace

TEST_CASE(
    "segment forks: a child that closes all descriptors takes nobody for dead, and lives itself") {
  SegmentName name;
  auto limiter = make(attach(name.settings()));
  const int64_t permit = limiter->enter();
  REQUIRE(permit > 0);
  auto* steps = test::make_shared_memory<Steps>();
  const pid_t child = start([&] {
    close_all_descriptors();
    if (limiter->in_flight() != 1) return 1;  // the parent's
    if (limiter->enter() <= 0) return 2;
    steps->come_to(1);
    return steps->wait(2) ? 0 : 3;
  });
  CHECK(steps->wait(1));
  CHECK(limiter->in_flight() == 2);  // the child's counts too
  steps->come_to(2);
  CHECK(wait_for(child) == 0);
  CHECK(limiter->in_flight() == 1);
  CHECK(limiter->exit(permit) == Status::kOk);
}

TEST_CASE("segment forks: a number that another file has now says nothing of the segment's locks") {
  SegmentName name, other;
  auto limiter = make(attach(name.settings()));
  const int64_t permit = limiter->enter();
  REQUIRE(permit > 0);
  const pid_t child = start([&] {
    close_all_descriptors();
    for (int i = 0; i < 64; ++i) open("/dev/zero", O_RDWR);  // whichever number it was
    const int mine = open(other.path().c_str(), O_RDWR | O_CREAT, 0600);
    if (mine < 0 || limiter->in_flight() != 1) return 1;
    limiter.reset();  // and closes nobody's file
    struct stat status;
    for (int fd = 3; fd < 67; ++fd) {
      if (fstat(fd, &status) != 0 || !S_ISCHR(status.st_mode)) return 2;
    }
    return 0;
  });
  CHECK(wait_for(child) == 0);
  CHECK(limiter->exit(permit) == Status::kOk);
}

// Where the name is gone too, nothing can be asked: and who may live, lives.
TEST_CASE("segment forks: who can ask nobody takes all for living") {
  SegmentName name;
  auto limiter = make(attach(name.settings()));
  const int64_t permit = limiter->enter();
  REQUIRE(permit > 0);
  shm_unlink(name.text.c_str());
  CHECK(wait_for(start([&] {
          close_all_descriptors();
          return limiter->in_flight() == 1 ? 0 : 1;
        })) == 0);
  CHECK(limiter->exit(permit) == Status::kOk);
}

// The child's mapping is a copy of its parent's, and keeps open what that keeps open: here the file
// by which the parent attached itself.
TEST_CASE("segment forks: what a parent held that is gone comes back, while its child lives") {
  SegmentName name;
  auto* steps = test::make_shared_memory<Steps>();
  const pid_t parent = start([&] {
    auto limiter = make(attach(name.settings()));
    if (limiter->enter() <= 0) return 1;
    start([&] {
      steps->come_to(1);
      return steps->wait(2) ? 0 : 1;
    });
    return steps->wait(1) ? 0 : 1;
  });
  CHECK(wait_for(parent) == 0);
  CHECK(make(attach(name.settings()))->in_flight() == 0);
  steps->come_to(2);
}

TEST_CASE("segment forks: a child for whom no attachment is left is given no permit until one is") {
  SegmentName name;
  auto settings = name.settings();
  settings.attachments = 2;
  auto limiter = make(attach(settings));
  auto* steps = test::make_shared_memory<Steps>();
  const pid_t other = start([&] {
    steps->come_to(1);
    return steps->wait(2) ? 0 : 1;
  });
  CHECK(steps->wait(1));
  const pid_t child = start([&] {
    if (limiter->enter() != kFull) return 1;
    if (limiter->stat(ConcurrencyLimiter::kUnattached) != 1) return 2;
    if (limiter->in_flight() != 0) return 3;
    steps->come_to(2);
    const bool came = comes_true([&] { return limiter->enter() > 0; });
    return came && limiter->in_flight() == 1 ? 0 : 4;
  });
  CHECK(wait_for(child) == 0);
  CHECK(wait_for(other) == 0);
  CHECK(limiter->in_flight() == 0);
  CHECK(limiter->enter() > 0);  // whoever is attached was never in the way
}

TEST_CASE(
    "segment forks: a child that cannot open the file is told so, and takes nobody for dead") {
  SegmentName name;
  auto limiter = make(attach(name.settings()));
  const int64_t permit = limiter->enter();
  REQUIRE(permit > 0);
  const pid_t parent = start([&] {
    const int64_t own = limiter->enter();
    struct rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    const struct rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    const int child = wait_for(start([&] {
      if (limiter->enter() != kIo) return 11;
      if (limiter->in_flight() != 2) return 12;
      setrlimit(RLIMIT_NOFILE, &before);
      return comes_true([&] { return limiter->enter() > 0; }) ? 0 : 13;
    }));
    return child != 0 ? child : limiter->exit(own) == Status::kOk ? 0 : 14;
  });
  CHECK(wait_for(parent) == 0);
  CHECK(limiter->exit(permit) == Status::kOk);
}

TEST_CASE("segment forks: a process stopped in the directory's lock keeps nobody from looking") {
  SegmentName name;
  auto segment = attach(name.settings(4 << 20));
  auto limiter = make(segment);
  auto set = EndpointSet::create({}, Place(segment, "servers"));
  REQUIRE(set);
  REQUIRE((*set)->add("a.example", 1, ""));
  StoppedInside stopped(name);
  CHECK(ms_of([&] {
          auto seen = Segment::inspect(name.text);
          REQUIRE(seen);
          const std::string report = host_report(*seen, false);
          CHECK(report.find("outgrow_concurrency_limit") != std::string::npos);
          CHECK(report.find("a.example") != std::string::npos);
        }) < 2000);  // the lock is waited for 5 s
  // Who shares what is there needs no lock either.
  CHECK(ms_of([&] { CHECK(make(segment)->enter() > 0); }) < 2000);
}

TEST_CASE(
    "segment forks: a process stopped in the directory's lock keeps no server that is down in the "
    "plans") {
  SegmentName name;
  auto segment = attach(name.settings(4 << 20));
  std::shared_ptr<EndpointSet> set = *EndpointSet::create({}, Place(segment, "servers"));
  REQUIRE(set->add("a", 1, ""));
  REQUIRE(set->add("b", 1, ""));
  auto balancer = *Balancer::create({}, set, make_manual_clock(0));
  auto* steps = test::make_shared_memory<Steps>();
  const pid_t other = start([&] {
    steps->come_to(1);
    if (!steps->wait(2)) return 1;
    for (int i = 0; i < 4; ++i) {
      if (balancer->pick("") != 1) return 2;
    }
    return set->healthy(0) == 0 ? 0 : 3;
  });
  CHECK(steps->wait(1));
  StoppedInside stopped(name);
  CHECK(ms_of([&] { CHECK(set->set_healthy(0, false)); }) < 2000);
  for (int i = 0; i < 4; ++i) CHECK(balancer->pick("") == 1);
  steps->come_to(2);
  CHECK(wait_for(other) == 0);
}

TEST_CASE(
    "segment forks: who looks sees what is whole while another is in the middle of a change") {
  SegmentName name;
  auto segment = attach(name.settings(4 << 20));
  auto set = EndpointSet::create({}, Place(segment, "servers"));
  REQUIRE(set);
  REQUIRE((*set)->add("a.example", 1, ""));
  auto objects = segment->objects();
  REQUIRE(objects.size() == 1);
  auto memory = test::object_of(segment, objects[0]);
  REQUIRE(memory);
  static_cast<std::atomic<uint64_t>*>(memory->memory)->fetch_add(1);  // its version: odd
  StoppedInside stopped(name);
  auto seen = Segment::inspect(name.text);
  REQUIRE(seen);
  CHECK(host_report(*seen, false).find("a.example") != std::string::npos);
}

#ifndef __SANITIZE_THREAD__  // which forbids threads on both sides of a fork
TEST_CASE("segment forks: a fork does not wait for a thread that waits for another process") {
  SegmentName name;
  auto segment = attach(name.settings(4 << 20));
  auto set = EndpointSet::create({}, Place(segment, "servers"));
  REQUIRE(set);
  REQUIRE((*set)->add("a", 1, ""));
  auto stopped = std::make_unique<StoppedInside>(name);
  std::atomic<int> waiting{0};
  std::thread makes([&] {
    ++waiting;
    CHECK(segment->object({1, "new", "", 64}));
  });
  std::thread changes([&] {
    ++waiting;
    CHECK((*set)->set_weight(0, 2));
  });
  while (waiting < 2) std::this_thread::yield();
  usleep(50'000);  // until both are at it
  CHECK(ms_of([&] { CHECK(wait_for(start([&] { return (*set)->count() == 1 ? 0 : 1; })) == 0); }) <
        2000);
  CHECK(ms_of([&] { CHECK((*set)->weight(0)); }) < 2000);  // nor does who reads
  stopped.reset();
  makes.join();
  changes.join();
}
#endif

}  // namespace og
