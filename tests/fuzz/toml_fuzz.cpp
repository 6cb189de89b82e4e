// SPDX-License-Identifier: Apache-2.0
// Any bytes as the replay's configuration: settings, or a message that says what is wrong with
// them.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "bindings/cli/replay/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int file = memfd_create("replay.toml", 0);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  auto settings = og::cli::ReplaySettings::load("/proc/self/fd/" + std::to_string(file));
  if (settings)
    (void)settings->in_force();
  else if (settings.error().text.empty())
    std::abort();
  return 0;
}
