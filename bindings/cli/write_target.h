// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "bindings/cli/failure.h"

namespace og::cli {

// Whether somebody else may have put the entry where it is found, for the user to write through: it
// stands in a folder in which many make files but each removes only his own (/tmp), and belongs
// neither to `user` nor to the folder's owner. The kernel's rule for links (protected_symlinks),
// held to where the kernel does not.
bool is_strangers(const struct stat& entry, const struct stat& folder, uid_t user);

/*
 * Where that which is written to a path goes. A link of one's own is followed to its end, a
 * stranger's is refused. The folder is held open from then on, and what is written there is renamed
 * onto the name: a link that is put in its way meanwhile is replaced, not followed.
 */
class WriteTarget {
 public:
  // Fails as writing would, as far as that can be told before.
  static Result<WriteTarget> find(const std::string& path);
  ~WriteTarget();
  WriteTarget(WriteTarget&& other) noexcept;
  WriteTarget& operator=(WriteTarget&&) = delete;

  // A file is written whole or left as it was; devices, pipes and descriptors are written to.
  Result<void> write(std::string_view text) const;

 private:
  enum class Kind { kFile, kDevice, kOfProc, kDescriptor };

  explicit WriteTarget(std::string path) : path_(std::move(path)) {}
  int resolve();  // 0 or an errno
  int follow(int entry, std::string& at);
  int check(const struct stat& folder, const struct stat* entry);
  bool write_to(int fd, std::string_view text) const;
  bool write_beside(std::string_view text) const;

  std::string path_;  // as the user wrote it
  Kind kind_ = Kind::kFile;
  int folder_ = -1;   // O_PATH
  std::string name_;  // in the folder
  int descriptor_ = -1;
};

}  // namespace og::cli
