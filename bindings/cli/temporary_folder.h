// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

/*
 * A folder for one SQLite file, in $TMPDIR or /tmp, that goes away with this object, or when
 * SIGINT, SIGTERM or SIGHUP ends the process. One at a time.
 */
class TemporaryFolder {
 public:
  static Result<std::unique_ptr<TemporaryFolder>> create();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string database() const;  // the file's path; SQLite makes it

 private:
  explicit TemporaryFolder(std::string path);

  std::string path_;
};

}  // namespace og::cli
