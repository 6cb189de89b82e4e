// SPDX-License-Identifier: Apache-2.0
#include "core/scope/host_scope.h"

#include <dirent.h>

#include <algorithm>

#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "size", .type = OptionType::kBytes, .fallback = "16MiB", .min = 65536,
     .max = 1099511627776, .unit = "bytes",
     .doc = "Memory of the whole segment, reserved when it is made; a container's /dev/shm is "
            "often 64 MiB."},
    {.name = "objects", .type = OptionType::kInt, .fallback = "64", .min = 1, .max = 4096,
     .unit = "objects",
     .doc = "Named objects it has room for, some 200 bytes each besides their own."},
    {.name = "attachments", .type = OptionType::kInt, .fallback = "128", .min = 1, .max = 4096,
     .unit = "processes",
     .doc = "Processes that can be attached at a time, 64 bytes each."},
    {.name = "access", .type = OptionType::kEnum, .fallback = "owner", .choices = "owner|group",
     .doc = "Whose processes may attach: this user's (mode 0600), or this group's too (0660)."},
};
// clang-format on

enum class Access { kOwner, kGroup };

}  // namespace

constexpr OptionTable kScopeOptions{"scope", kRows};

Result<std::shared_ptr<Segment>> HostScope::create(const std::string& name, const Config& config) {
  auto options = OptionsOf<kScopeOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  const bool group = options->choice<Access>("access") == Access::kGroup;
  return Segment::attach({.name = name,
                          .bytes = options->bytes("size"),
                          .objects = options->integer("objects"),
                          .attachments = options->integer("attachments"),
                          .mode = group ? mode_t{0660} : mode_t{0600}});
}

std::vector<std::string> HostScope::list() {
  // Not std::filesystem's iterator: libstdc++'s ends the program where memory runs out.
  std::vector<std::string> names;
  std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/dev/shm"), closedir);
  while (const dirent* file = folder ? readdir(folder.get()) : nullptr) {
    std::string name = "/" + std::string(file->d_name);
    if (Segment::is_there(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace og
