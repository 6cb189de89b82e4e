// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/formats/common.h"

#include <cstring>

#include "bindings/cli/log/client.h"
#include "bindings/cli/log/digit.h"
#include "bindings/cli/log/fields.h"
#include "bindings/cli/log/formats.h"

namespace og::cli {
namespace {

constexpr char kNoRequest[] = "no quoted request with a status after it";

int two(const char* text) { return (text[0] - '0') * 10 + (text[1] - '0'); }

const char* find(const char* from, const char* end, char wanted) {
  if (from >= end) return nullptr;
  return static_cast<const char*>(std::memchr(from, wanted, static_cast<std::size_t>(end - from)));
}

bool is_escaped(const char* begin, const char* quote) {
  bool escaped = false;
  while (quote > begin && *--quote == '\\') escaped = !escaped;
  return escaped;
}

bool status_follows(const char* quote, const char* end) {
  return end - quote >= 5 && quote[1] == ' ' && is_digit(quote[2]) && is_digit(quote[3]) &&
         is_digit(quote[4]) && (end - quote == 5 || quote[5] == ' ');
}

// Traefik's last field, behind the quoted URL of a server: ` 12ms`.
int64_t trailing_duration(std::string_view line) {
  if (!line.ends_with("ms")) return -1;
  const std::size_t blank = line.rfind(' ');
  if (blank == line.npos || blank == 0 || line[blank - 1] != '"') return -1;
  int64_t ns = -1;
  return read_duration(line.substr(blank + 1), Unit::kNone, ns) == nullptr ? ns : -1;
}

}  // namespace

const char* CommonFormat::read(std::string_view line, LogRecord& out) {
  const char* const begin = line.data();
  const char* const end = begin + line.size();

  // A user's name may hold spaces and brackets: the time is what looks like one. It may even hold a
  // whole line, whose quotes the server has escaped: then the time is the next one.
  const char* open = begin;
  for (;; ++open) {
    open = find(open, end, '[');
    if (open == nullptr || end - open < 28) return kNoTime;
    if (open == begin || open[-1] != ' ' || open[27] != ']' || open[3] != '/') continue;
    if (const char* why = time_.common(open + 1, out)) return why;
    if (end - open < 31 || open[28] != ' ') return kNoRequest;
    if (open[29] == '"') break;
    if (open[29] != '\\') return kNoRequest;
  }
  LineHead head;
  const std::string_view before(begin, static_cast<std::size_t>(open - begin - 1));
  if (const char* why = read_head(before, head)) return why;
  out.client = head.client;

  const char* const request = open + 30;
  const char* quote = find(request, end, '"');
  while (quote != nullptr && (is_escaped(request, quote) || !status_follows(quote, end))) {
    quote = find(quote + 1, end, '"');
  }
  if (quote == nullptr) return kNoRequest;
  split_request(std::string_view(request, static_cast<std::size_t>(quote - request)), out);
  if (!head.host.empty()) out.url = url_.join(head.host, out.url);

  out.status = (quote[2] - '0') * 100 + two(quote + 3);
  if (out.status < 100 || out.status > 599) return kBadStatus;

  out.duration_ns = trailing_duration(line);
  const char* const size = quote + 6;
  out.bytes = 0;
  if (size >= end) return kBadSize;
  const char* const after = find(size, end, ' ');
  return read_size({size, static_cast<std::size_t>((after == nullptr ? end : after) - size)},
                   out.bytes);
}

const LogFormat kCommonFormat = {"common", "Common or Combined Log Format",
                                 [](const FieldChoices&) -> std::unique_ptr<LineFormat> {
                                   return std::make_unique<CommonFormat>();
                                 },
                                 false};
// The same reader: what follows the size is not looked at.
const LogFormat kCombinedFormat = {"combined", kCommonFormat.name, kCommonFormat.make, false};

}  // namespace og::cli
