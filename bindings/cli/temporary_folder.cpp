// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/temporary_folder.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "bindings/cli/signals_held.h"

namespace og::cli {
namespace {

constexpr const char* kSuffixes[] = {"", "-wal", "-shm", "-journal"};

// What there is to remove, for the signal handler: it may only make system calls, so the paths are
// put together beforehand.
std::vector<std::string> files;
std::string made_folder;

void remove_all() {
  for (const std::string& file : files) ::unlink(file.c_str());
  if (!made_folder.empty()) ::rmdir(made_folder.c_str());
}

void remove_and_die(int signal) {
  remove_all();
  ::raise(signal);  // SA_RESETHAND: the second time it ends the process
}

}  // namespace

Result<std::unique_ptr<TemporaryFolder>> TemporaryFolder::create() {
  const char* const asked = std::getenv("TMPDIR");
  std::string path = asked != nullptr && *asked != '\0' ? asked : "/tmp";
  path += "/outgrow-XXXXXX";
  const SignalsHeld held;
  if (::mkdtemp(path.data()) == nullptr) {
    return fail("cannot make a temporary folder " + path + ": " + std::strerror(errno));
  }
  return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(std::move(path)));
}

TemporaryFolder::TemporaryFolder(std::string path) : path_(std::move(path)) {
  for (const char* suffix : kSuffixes) files.push_back(database() + suffix);
  made_folder = path_;
  struct sigaction action{};
  action.sa_handler = &remove_and_die;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : kEndingSignals) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == SIG_DFL) ::sigaction(signal, &action, nullptr);  // nohup's stays
  }
}

TemporaryFolder::~TemporaryFolder() {
  const SignalsHeld held;
  for (const int signal : kEndingSignals) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler == &remove_and_die) ::signal(signal, SIG_DFL);
  }
  remove_all();
  files.clear();
  made_folder.clear();
}

std::string TemporaryFolder::database() const { return path_ + "/store.sqlite"; }

}  // namespace og::cli
