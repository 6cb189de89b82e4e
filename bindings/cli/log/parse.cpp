// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/parse.h"

#include <algorithm>
#include <cstring>

#include "bindings/cli/log/civil_time.h"
#include "bindings/cli/log/client.h"

namespace og::cli {
namespace {

constexpr int kLastYear = 2099;  // within 2^62 ns of 1970, the last moment of the library's clocks

constexpr char kNoTime[] = "no [dd/Mon/yyyy:hh:mm:ss +zzzz] time";
constexpr char kBadTime[] = "no such time from 1970 to 2099";
constexpr char kNoRequest[] = "no quoted request with a status after it";
constexpr char kBadStatus[] = "the status is not 100 to 599";
constexpr char kBadSize[] = "the size is not a number";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Two digits as a number; or one so negative that it stays so in any sum made of it here.
int two(const char* text) {
  if (!is_digit(text[0]) || !is_digit(text[1])) return -1'000'000;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

int month_of(const char* text) {
  static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int month = 0; month < 12; ++month) {
    if (std::memcmp(text, kMonths + month * 3, 3) == 0) return month + 1;
  }
  return 0;
}

const char* find(const char* from, const char* end, char wanted) {
  if (from >= end) return nullptr;
  return static_cast<const char*>(std::memchr(from, wanted, static_cast<std::size_t>(end - from)));
}

// Without what an editor (a byte order mark) or a rotation that truncates (NUL bytes) put before
// it.
std::string_view begun(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  while (line.starts_with('\0')) line.remove_prefix(1);
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return line;
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

Method method_of(std::string_view word) {
  switch (word.size()) {
    case 3:
      if (word == "GET") return Method::kRead;
      if (word == "PUT") return Method::kWrite;
      break;
    case 4:
      if (word == "POST") return Method::kWrite;
      if (word == "HEAD") return Method::kHead;
      break;
    case 5:
      if (word == "PATCH") return Method::kWrite;
      break;
    case 6:
      if (word == "DELETE") return Method::kWrite;
      break;
    default:
      break;
  }
  return Method::kOther;
}

// "GET /url HTTP/1.0". The URL may hold spaces, and HTTP/0.9 has no version.
void split_request(std::string_view request, LogRecord& out) {
  const std::size_t space = request.find(' ');
  std::string_view url = space == request.npos ? std::string_view() : request.substr(space + 1);
  if (const std::size_t last = url.rfind(' ');
      last != url.npos && url.substr(last + 1).starts_with("HTTP/")) {
    url = url.substr(0, last);
  }
  if (url.empty() || url.starts_with("HTTP/")) {
    out.method = Method::kOther;
    out.url = request;
    return;
  }
  out.method = method_of(request.substr(0, space));
  out.url = url;
}

}  // namespace

// text: "01/Aug/1995:02:00:00 -0400", 26 bytes.
const char* LineParser::parse_time(const char* text, LogRecord& out) {
  if (std::memcmp(text, day_text_, sizeof day_text_) != 0) {
    const int day = two(text);
    const int month = month_of(text + 3);
    const int year = two(text + 7) * 100 + two(text + 9);
    if (text[2] != '/' || text[6] != '/' || day < 0 || month == 0 || year < 0) return kNoTime;
    if (year < 1970 || year > kLastYear || !is_civil_day(year, month, day)) return kBadTime;
    day_s_ = days_from_civil(year, month, day) * 86400;
    std::memcpy(day_text_, text, sizeof day_text_);
  }
  const int hour = two(text + 12);
  const int minute = two(text + 15);
  const int second = two(text + 18);
  const int zone = two(text + 22) * 60 + two(text + 24);
  if (text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ' || hour < 0 ||
      minute < 0 || second < 0 || zone < 0 || (text[21] != '+' && text[21] != '-')) {
    return kNoTime;
  }
  if (hour > 23 || minute > 59 || second > 60 || zone >= 24 * 60) return kBadTime;
  out.offset_s = text[21] == '-' ? -zone * 60 : zone * 60;
  out.epoch_s = day_s_ + hour * 3600 + minute * 60 + second - out.offset_s;
  return out.epoch_s < 0 ? kBadTime : nullptr;  // 1970 began later in the west
}

const char* LineParser::parse(std::string_view line, LogRecord& out) {
  line = begun(line);
  const char* const begin = line.data();
  const char* const end = begin + line.size();

  // A user's name may hold spaces and brackets: the time is what looks like one. It may even hold a
  // whole line, whose quotes the server has escaped: then the time is the next one.
  const char* open = begin;
  for (;; ++open) {
    open = find(open, end, '[');
    if (open == nullptr || end - open < 28) return kNoTime;
    if (open == begin || open[-1] != ' ' || open[27] != ']' || open[3] != '/') continue;
    if (const char* why = parse_time(open + 1, out)) return why;
    if (end - open < 31 || open[28] != ' ') return kNoRequest;
    if (open[29] == '"') break;
    if (open[29] != '\\') return kNoRequest;
  }
  const std::string_view head(begin, static_cast<std::size_t>(open - begin - 1));
  if (const char* why = read_client(head, out.client)) return why;

  const char* const request = open + 30;
  const char* quote = find(request, end, '"');
  while (quote != nullptr && (is_escaped(request, quote) || !status_follows(quote, end))) {
    quote = find(quote + 1, end, '"');
  }
  if (quote == nullptr) return kNoRequest;
  split_request(std::string_view(request, static_cast<std::size_t>(quote - request)), out);

  out.status = (quote[2] - '0') * 100 + two(quote + 3);
  if (out.status < 100 || out.status > 599) return kBadStatus;

  const char* size = quote + 6;
  out.bytes = 0;
  if (size >= end) return kBadSize;
  if (*size == '-' && (size + 1 == end || size[1] == ' ')) return nullptr;
  const char* const first = size;
  for (; size < end && is_digit(*size); ++size) {
    if (size - first >= 15) return kBadSize;  // a petabyte: not a response
    out.bytes = out.bytes * 10 + (*size - '0');
  }
  if (size == first || (size < end && *size != ' ')) return kBadSize;
  return nullptr;
}

}  // namespace og::cli
