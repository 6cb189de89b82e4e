// SPDX-License-Identifier: Apache-2.0
// Processes of a machine count into one objective, and one that is killed leaves each event counted
// or not.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "core/observe/slo.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

using test::SegmentName;

std::unique_ptr<Slo> make(const std::shared_ptr<Segment>& segment) {
  return std::move(*Slo::create({}, make_manual_clock(0), Place(segment, "checkout")));
}

TEST_CASE("slo: processes that are killed while they count leave every event they had told of") {
  constexpr int kProcesses = 3;
  SegmentName name;
  auto segment = test::attach(name.settings());
  auto slo = make(segment);
  auto* done = static_cast<std::atomic<int64_t>*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  REQUIRE(done != MAP_FAILED);
  pid_t children[kProcesses];
  for (int i = 0; i < kProcesses; ++i) {
    children[i] = fork();
    if (children[i] == 0) {
      for (;;) {
        (void)slo->bad_at(1, 0);
        done[i].fetch_add(1);
      }
    }
  }
  while (done[0] < 1000 || done[1] < 1000 || done[2] < 1000) usleep(1000);
  for (const pid_t child : children) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  const int64_t told = done[0] + done[1] + done[2];
  CHECK(slo->stat(Slo::kBad) >= told);
  CHECK(slo->stat(Slo::kBad) <= told + kProcesses);
  CHECK(slo->burn_at(SloWindows::kBucketNs, 0) > 999);
  CHECK(slo->state_at(0) == SloState::kPage);
  CHECK(slo->faults().empty());
  munmap(done, 4096);
}

TEST_CASE("slo: an objective that another process changes holds for all") {
  SegmentName name;
  auto one = test::attach(name.settings());
  auto other = test::attach(name.settings());
  auto here = make(one), there = make(other);
  CHECK(here->good_at(90, 0) == Status::kOk);
  CHECK(there->bad_at(10, 0) == Status::kOk);
  Config config;
  config.set("objective", "0.9");
  CHECK(there->reconfigure(config));
  CHECK(here->objective() == 0.9);
  CHECK(here->budget_left_at(0) < 1e-9);
  CHECK(here->stat(Slo::kBad) == 10);
}

}  // namespace
}  // namespace og
