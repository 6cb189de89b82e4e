// SPDX-License-Identifier: Apache-2.0
// Any bytes as lines of a log, in every format: each line is read, with texts that can be read and
// a time that a clock can have, or is malformed for a reason.
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "bindings/cli/log/formats.h"

namespace {

using og::cli::FormatChoice;
using og::cli::LineFormat;

std::vector<std::unique_ptr<LineFormat>> all_formats() {
  std::vector<std::unique_ptr<LineFormat>> all;
  for (const auto* format : og::cli::log_formats()) all.push_back(format->make({}));
  for (const char* pattern :
       {"$host $remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
        "\"$http_user_agent\" $request_time $upstream_response_time",
        "%h %u %{%d %b %Y %T}t \"%r\" %>s %b %D", "%a %{sec}t %m %U%q %s %{Host}i"}) {
    all.push_back(FormatChoice::parse(pattern, {})->make());
  }
  return all;
}

void use(std::string_view text) {
  static volatile char last;
  for (const char c : text) last = c;  // AddressSanitizer sees who reads what is not there
}

// A line of its own on the heap, so that AddressSanitizer sees who reads beyond it.
void parse(LineFormat& format, std::string_view line) {
  auto copy = std::make_unique<char[]>(line.size());
  std::copy(line.begin(), line.end(), copy.get());
  og::cli::LogRecord record{};
  if (const char* why = format.parse({copy.get(), line.size()}, record)) {
    if (*why == '\0') std::abort();
    use(why);
    return;
  }
  use(record.client);
  use(record.url);
  if (record.client.empty() || record.epoch_s < 0 || record.epoch_s > 4'102'531'200 ||
      record.bytes < 0 || record.duration_ns < -1 || record.status < 100 || record.status > 599) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto formats = all_formats();
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    for (const auto& format : formats) parse(*format, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (const auto& format : formats) use(format->note());
  // As a pattern too.
  const std::string pattern(reinterpret_cast<const char*>(data), std::min<size_t>(size, 200));
  if (auto choice = FormatChoice::parse(pattern, {}); choice && choice->make) {
    parse(*choice->make(), std::string_view(reinterpret_cast<const char*>(data), size));
  }
  return 0;
}
