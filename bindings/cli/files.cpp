// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/files.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace og::cli {
namespace {

constexpr std::size_t kSmall = std::size_t{1} << 20;

tl::unexpected<Failure> system_failure(const char* what, const std::string& path) {
  return fail(std::string("cannot ") + what + " " + path + ": " + std::strerror(errno));
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

Result<void> check_kept(const std::string& written, const std::string& read) {
  struct stat to{};
  struct stat from{};
  const bool same = ::stat(written.c_str(), &to) == 0 && S_ISREG(to.st_mode) &&
                    ::stat(read.c_str(), &from) == 0 && to.st_dev == from.st_dev &&
                    to.st_ino == from.st_ino;
  if (same) return fail("the report would replace " + read + ", which is to be read");
  return {};
}

}  // namespace og::cli
