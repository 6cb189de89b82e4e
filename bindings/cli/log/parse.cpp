// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/parse.h"

#include <algorithm>
#include <cstring>

#include "bindings/cli/log/civil_time.h"

namespace og::cli {
namespace {

constexpr int kLastYear = 2099;  // within 2^62 ns of 1970, the last moment of the library's clocks

constexpr char kNoTime[] = "no [dd/Mon/yyyy:hh:mm:ss +zzzz] time";
constexpr char kBadTime[] = "no such time from 1970 to 2099";
constexpr char kNoRequest[] = "no quoted request with a status after it";
constexpr char kBadStatus[] = "the status is not 100 to 599";
constexpr char kBadSize[] = "the size is not a number";
constexpr char kNoClient[] = "no client";

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

// "www.example.org:443". An address of IPv6 has two colons or more.
bool is_host_and_port(std::string_view field) {
  std::size_t digits = 0;
  while (digits < field.size() && is_digit(field[field.size() - 1 - digits])) ++digits;
  if (digits == 0 || digits + 1 >= field.size()) return false;
  const std::size_t colon = field.size() - 1 - digits;
  return field[colon] == ':' && field.find(':') == colon;
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
  const char* const begin = line.data();
  const char* const end = begin + line.size();

  const char* client_end = find(begin, end, ' ');
  if (client_end == nullptr) return kNoTime;
  if (client_end == begin) return kNoClient;
  out.client = std::string_view(begin, static_cast<std::size_t>(client_end - begin));
  if (is_host_and_port(out.client) && end - client_end > 2 && client_end[1] != '-') {
    const char* const client = client_end + 1;
    client_end = find(client, end, ' ');
    if (client_end == nullptr) return kNoTime;
    if (client_end == client) return kNoClient;
    out.client = std::string_view(client, static_cast<std::size_t>(client_end - client));
  }

  // A user's name may hold spaces and brackets: the time is what looks like one.
  const char* open = client_end;
  do {
    open = find(open + 1, end, '[');
    if (open == nullptr || end - open < 28) return kNoTime;
  } while (open[-1] != ' ' || open[27] != ']' || open[3] != '/');
  if (const char* why = parse_time(open + 1, out)) return why;

  const char* const request = open + 30;
  if (end - open < 31 || open[28] != ' ' || open[29] != '"') return kNoRequest;
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
