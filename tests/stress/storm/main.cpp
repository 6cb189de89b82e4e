// SPDX-License-Identifier: Apache-2.0
// The SIGKILL storm: host_storm [KILLS] [SEED]
//
// Eight processes use every noun in one segment, and are killed at random moments, one after
// another, while the rest go on. At the end nobody hung, no bound was exceeded, what the dead held
// is given again, and the segment is sound.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/inspect/host_faults.h"
#include "tests/stress/storm/guest.h"

namespace og::storm {
namespace {

constexpr int64_t kLongestTurn =
    30'000'000'000;  // in which a worker must get on, on however slow a machine

class Storm {
 public:
  explicit Storm(uint64_t seed) : random_(seed) {}
  ~Storm() {
    for (int worker = 0; worker < kWorkers; ++worker) kill_worker(worker);
    SegmentFile::remove(name_);
  }

  // Exit status.
  int run(int64_t kills) {
    const int64_t began = monotonic_ns();
    for (int worker = 0; worker < kWorkers; ++worker) start(worker);
    for (int64_t done = 0; done < kills; ++done) {
      usleep(static_cast<useconds_t>(random_.below(6000)));
      if (!all_get_on()) return 1;
      const auto victim = static_cast<int>(random_.below(kWorkers));
      if (!kill_worker(victim)) return 1;
      start(victim);
      progress(done + 1, kills);
    }
    for (int worker = 0; worker < kWorkers; ++worker) {
      if (!get_on_within(worker, kLongestTurn)) return 1;  // also the last born
    }
    for (int worker = 0; worker < kWorkers; ++worker) {
      if (!kill_worker(worker)) return 1;
    }
    return judge(monotonic_ns() - began, kills + kWorkers);
  }

 private:
  struct Worker {
    pid_t pid = 0;
    int64_t turns = 0, since = 0;  // as last seen to get on
  };

  std::shared_ptr<Segment> attach() const {
    return must(Segment::attach(
        {.name = name_, .bytes = 4 << 20, .objects = 32, .attachments = 32, .mode = 0600}));
  }

  void start(int worker) {
    const auto at = static_cast<size_t>(worker);
    workers_[at] = {fork(), turns_[at].load(), monotonic_ns()};
    if (workers_[at].pid != 0) return;
    try {
      work(worker);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "\nhost_storm: a worker: %s\n", error.what());
    }
    _exit(1);
  }

  [[noreturn]] void work(int worker) {
    const auto segment = attach();
    std::vector<std::function<void()>> all;
    for (const auto& guest : guests_) all.push_back(guest->work(segment, worker));
    for (;;) {
      for (const auto& turn : all) turn();
      turns_[static_cast<size_t>(worker)].fetch_add(1);
    }
  }

  // False when it had ended by itself.
  bool kill_worker(int worker) {
    Worker& victim = workers_[static_cast<size_t>(worker)];
    if (victim.pid <= 0) return true;
    weather_.kills_twice.fetch_add(1);
    weather_.dying.fetch_or(1u << worker);
    kill(victim.pid, SIGKILL);
    int status = 0;
    waitpid(victim.pid, &status, 0);
    victim.pid = 0;
    for (const auto& guest : guests_) guest->forget(worker);
    weather_.kills_twice.fetch_add(1);
    weather_.dying.fetch_and(~(1u << worker));
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return true;
    std::fprintf(stderr, "\nhost_storm: worker %d ended by itself, status %#x\n", worker, status);
    return false;
  }

  bool all_get_on() {
    for (int worker = 0; worker < kWorkers; ++worker) {
      if (!gets_on(worker)) return false;
    }
    return true;
  }
  bool gets_on(int worker) {
    Worker& seen = workers_[static_cast<size_t>(worker)];
    const int64_t turns = turns_[static_cast<size_t>(worker)], now = monotonic_ns();
    if (turns != seen.turns) {
      seen.turns = turns;
      seen.since = now;
    }
    if (now - seen.since < kLongestTurn) return true;
    std::fprintf(stderr, "\nhost_storm: worker %d hangs\n", worker);
    return false;
  }
  bool get_on_within(int worker, int64_t ns) {
    const int64_t before = turns_[static_cast<size_t>(worker)], end = monotonic_ns() + ns;
    while (turns_[static_cast<size_t>(worker)] == before) {
      if (monotonic_ns() > end) return gets_on(worker), false;
      usleep(1000);
    }
    return true;
  }

  int judge(int64_t ns, int64_t kills) {
    int64_t faults = 0;
    const auto segment = attach();
    for (const auto& guest : guests_) {
      const Guest::Report report = guest->judge(segment, ns, kills);
      std::printf("%-16s %s\n", guest->name().c_str(), report.done.c_str());
      faults += print(guest->name(), report.faults);
    }
    auto found = host_faults(segment);
    faults += found ? print("segment", *found) : print("segment", {found.error().message});
    const size_t attached = segment->attachments().size();
    if (attached != 1)
      faults += print("segment", {std::to_string(attached) + " are attached, not 1"});
    std::printf("host storm: %lld kills over %d workers in %.1f s: %s\n",
                static_cast<long long>(kills), kWorkers, static_cast<double>(ns) / 1e9,
                faults == 0 ? "nobody hung, no bound exceeded, segment sound"
                            : (std::to_string(faults) + " FAULTS").c_str());
    return faults != 0;
  }

  static int64_t print(const std::string& whose, const std::vector<std::string>& faults) {
    for (const std::string& fault : faults)
      std::printf("FAULT: %s: %s\n", whose.c_str(), fault.c_str());
    return static_cast<int64_t>(faults.size());
  }

  static void progress(int64_t done, int64_t of) {
    if (!isatty(STDERR_FILENO)) return;
    std::fprintf(stderr, "\r%lld of %lld killed%s", static_cast<long long>(done),
                 static_cast<long long>(of), done == of ? "\r\033[K" : "");
  }

  const std::string name_ = "/outgrow-storm-" + std::to_string(getpid());
  Random random_;
  Weather& weather_ = *test::make_shared_memory<Weather>();
  std::atomic<int64_t>* const turns_ =
      test::make_shared_memory<std::array<std::atomic<int64_t>, kWorkers>>()->data();
  const std::vector<std::unique_ptr<Guest>> guests_ = guests(weather_);
  std::array<Worker, kWorkers> workers_;
};

}  // namespace
}  // namespace og::storm

int main(int argc, char** argv) {
  const int64_t kills = argc > 1 ? std::atoll(argv[1]) : 1000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  try {
    return og::storm::Storm(seed).run(kills);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "host_storm: %s\n", error.what());
    return 1;
  }
}
