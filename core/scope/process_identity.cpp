// SPDX-License-Identifier: Apache-2.0
#include "core/scope/process_identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace og {
namespace {

// At most size - 1 bytes, NUL-terminated; how many.
size_t read_file(const char* path, char* out, size_t size) noexcept {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return out[0] = '\0', 0;
  ssize_t got = read(fd, out, size - 1);
  close(fd);
  const size_t length = got > 0 ? static_cast<size_t>(got) : 0;
  out[length] = '\0';
  return length;
}

}  // namespace

std::array<char, 16> boot_identity() {
  std::array<char, 16> identity{};
  char text[64];
  read_file("/proc/sys/kernel/random/boot_id", text, sizeof text);
  size_t digits = 0;
  for (const char* at = text; *at != '\0' && digits < 32; ++at) {
    const char* hex = "0123456789abcdef";
    const char* found = std::strchr(hex, *at);
    if (!found) continue;
    identity[digits / 2] = static_cast<char>((identity[digits / 2] << 4) | (found - hex));
    ++digits;
  }
  return identity;
}

uint32_t time_namespace() noexcept {
  struct stat status;
  return stat("/proc/self/ns/time", &status) == 0 ? static_cast<uint32_t>(status.st_ino) : 0;
}

// The 22nd field of /proc/self/stat; the second, the command, may hold spaces and parentheses.
uint64_t start_time_of_this_process() noexcept {
  char text[1024];
  read_file("/proc/self/stat", text, sizeof text);
  const char* at = std::strrchr(text, ')');
  for (int field = 2; at && field < 22; ++field) at = std::strchr(at + 1, ' ');
  return at ? std::strtoull(at + 1, nullptr, 10) : 0;
}

std::array<char, 32> command_of_this_process() noexcept {
  std::array<char, 32> command{};
  char text[32];
  size_t length = read_file("/proc/self/comm", text, sizeof text);
  if (length > 0 && text[length - 1] == '\n') --length;
  std::memcpy(command.data(), text, length);
  return command;
}

}  // namespace og
