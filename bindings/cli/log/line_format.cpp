// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/line_format.h"

namespace og::cli {

const char LineFormat::kHeader[] = "a header";

const char* LineFormat::parse(std::string_view line, LogRecord& out) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  while (line.starts_with('\0')) line.remove_prefix(1);
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return read(line, out);
}

}  // namespace og::cli
