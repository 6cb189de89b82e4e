// SPDX-License-Identifier: Apache-2.0
// Any bytes as lines of a log: each is read, with parts that lie in the line and a time that a
// clock can have, or is malformed for a reason.
#include <cstdlib>
#include <functional>
#include <memory>
#include <string_view>

#include "bindings/cli/log/parse.h"

namespace {

// A line of its own on the heap, so that AddressSanitizer sees who reads beyond it.
void parse(og::cli::LineParser& parser, std::string_view line) {
  auto copy = std::make_unique<char[]>(line.size());
  std::copy(line.begin(), line.end(), copy.get());
  line = {copy.get(), line.size()};
  og::cli::LogRecord record{};
  if (const char* why = parser.parse(line, record)) {
    if (*why == '\0') std::abort();
    return;
  }
  for (std::string_view part : {record.client, record.url}) {
    const std::less_equal<const char*> not_after;
    if (part.empty()) continue;
    if (!not_after(line.data(), part.data()) ||
        !not_after(part.data() + part.size(), line.data() + line.size())) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  og::cli::LineParser parser;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    parse(parser, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}
