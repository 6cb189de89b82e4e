// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "bindings/cli/signals_held.h"

namespace og::cli {
namespace {

constexpr std::size_t kSmall = std::size_t{1} << 20;

tl::unexpected<Failure> system_failure(const char* what, const std::string& path) {
  return fail(std::string("cannot ") + what + " " + path + ": " + std::strerror(errno));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Result<std::string> read_small_file(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return system_failure("read", path);
  std::string text(kSmall + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return system_failure("read", path);
  if (text.size() > kSmall) return fail(path + " is larger than 1 MiB: not a configuration");
  return text;
}

Result<void> check_writable(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode))
    errno = EISDIR;
  else {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
    if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  }
  return system_failure("write", path);
}

Result<void> check_kept(const std::string& written, const std::string& read) {
  struct stat to{};
  struct stat from{};
  const bool same = ::stat(written.c_str(), &to) == 0 && S_ISREG(to.st_mode) &&
                    ::stat(read.c_str(), &from) == 0 && to.st_dev == from.st_dev &&
                    to.st_ino == from.st_ino;
  if (same) return fail("the report would replace " + read + ", which is to be read");
  return {};
}

Result<void> write_whole_file(const std::string& path, std::string_view text) {
  struct stat about{};
  if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return system_failure("write", path);
    const bool written = write_all(fd, text);
    const int error = errno;
    ::close(fd);
    errno = error;
    if (!written) return system_failure("write", path);
    return {};
  }
  const SignalsHeld held;
  const std::unique_ptr<char, void (*)(void*)> behind_link(::realpath(path.c_str(), nullptr),
                                                           &std::free);
  const std::string target = behind_link ? behind_link.get() : path;
  std::string beside = target + ".XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) return system_failure("write", path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool done = ::fchmod(fd, 0666 & ~mask) == 0 && write_all(fd, text) && ::fsync(fd) == 0;
  done = ::close(fd) == 0 && done;
  done = done && ::rename(beside.c_str(), target.c_str()) == 0;
  if (done) return {};
  const int error = errno;
  ::unlink(beside.c_str());
  errno = error;
  return system_failure("write", path);
}

}  // namespace og::cli
