// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/autoscale/shell.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

extern char** environ;

namespace og::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostOutput = std::size_t{64} << 10;
constexpr milliseconds kPatience{10};  // between looks at one that has closed its output

class Running {
 public:
  explicit Running(const ShellCommand& command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      answer_.failed = std::string("cannot start: ") + std::strerror(errno);
      return;
    }
    start(command, ends[1]);
    ::close(ends[1]);
    if (group_ > 0) {
      output_ = ends[0];
      ::fcntl(output_, F_SETFL, O_NONBLOCK);
    } else {
      ::close(ends[0]);
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  Running(Running&& other) noexcept
      : group_(std::exchange(other.group_, -1)),
        output_(std::exchange(other.output_, -1)),
        answer_(std::move(other.answer_)) {}
  ~Running() {
    if (output_ >= 0) ::close(output_);
  }

  int output() const { return output_; }
  bool is_running() const { return group_ > 0; }

  // What it has written, as far as it is there.
  void read() {
    char bytes[4096];
    for (;;) {
      const ssize_t got = ::read(output_, bytes, sizeof bytes);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) break;
      const std::size_t room = kMostOutput - answer_.output.size();
      answer_.output.append(bytes, std::min(static_cast<std::size_t>(got), room));
    }
    ::close(output_);
    output_ = -1;
  }
  // Whether it has ended, and how.
  void look() {
    int status = 0;
    if (group_ > 0 && ::waitpid(group_, &status, WNOHANG) == group_) ended(status);
  }
  void kill(milliseconds timeout) {
    if (group_ <= 0) return;
    ::kill(-group_, SIGKILL);
    int status = 0;
    while (::waitpid(group_, &status, 0) < 0 && errno == EINTR) {
    }
    group_ = -1;
    answer_.failed = "no answer within " + std::to_string(timeout.count()) + " ms";
  }
  ShellAnswer take() { return std::move(answer_); }

 private:
  void start(const ShellCommand& command, int output) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawnattr_t as;
    posix_spawnattr_init(&as);
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    posix_spawnattr_setsigmask(&as, &none);
    posix_spawnattr_setsigdefault(&as, &usual);
    posix_spawnattr_setpgroup(&as, 0);
    posix_spawnattr_setflags(
        &as, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::vector<char*> environment;
    for (const std::string& own : command.environment)
      environment.push_back(const_cast<char*>(own.c_str()));
    for (char** each = environ; *each; ++each) environment.push_back(*each);
    environment.push_back(nullptr);
    const char* words[] = {"sh", "-c", command.line.c_str(), nullptr};
    const int error = ::posix_spawn(&group_, "/bin/sh", &files, &as,
                                    const_cast<char* const*>(words), environment.data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&as);
    if (error == 0) return;
    group_ = -1;
    answer_.failed = std::string("cannot start: ") + std::strerror(error);
  }
  void ended(int status) {
    group_ = -1;
    if (WIFSIGNALED(status)) {
      answer_.failed = std::string("killed by ") + strsignal(WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0) {
      answer_.failed = "exit status " + std::to_string(WEXITSTATUS(status));
    }
  }

  pid_t group_ = -1;
  int output_ = -1;
  ShellAnswer answer_;
};

}  // namespace

std::vector<ShellAnswer> run_all(const std::vector<ShellCommand>& commands, milliseconds timeout) {
  const auto end = Clock::now() + timeout;
  std::vector<Running> all;
  all.reserve(commands.size());
  for (const ShellCommand& command : commands) all.emplace_back(command);
  for (;;) {
    std::vector<pollfd> open;
    bool is_running = false;
    for (Running& each : all) {
      // What it has begun may hold its output open: the answer is what came until it ended.
      each.look();
      if (each.output() >= 0) each.read();
      is_running |= each.is_running();
      if (each.is_running() && each.output() >= 0) open.push_back({each.output(), POLLIN, 0});
    }
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    if (!is_running || left <= milliseconds::zero()) break;
    const auto most = static_cast<int>(std::min(left, kPatience).count());
    ::poll(open.data(), open.size(), std::max(most, 1));
  }
  std::vector<ShellAnswer> answers;
  for (Running& each : all) {
    each.kill(timeout);
    answers.push_back(each.take());
  }
  return answers;
}

}  // namespace og::cli
