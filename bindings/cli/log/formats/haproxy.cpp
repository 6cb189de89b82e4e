// SPDX-License-Identifier: Apache-2.0
/*
 * HAProxy's `option httplog`, alone or behind what syslog puts before it. Source:
 * docs.haproxy.org, configuration manual, 8.2.3 "HTTP log format":
 *
 *   client:port [accept_date] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes_read
 *   request_cookie response_cookie state act/fe/be/srv/retries srv_queue/backend_queue
 *   {request headers} {response headers} "request"
 *
 * The date has no zone and is read as UTC. Ta, in milliseconds, is the duration; what ended before
 * there was a response has the status -1. With `option logasap` Ta and bytes begin with '+': they
 * go on when the line is written, and the duration is not known. Quotes within a field are written
 * as #22.
 */
#include <array>
#include <string>

#include "bindings/cli/log/formats.h"

namespace og::cli {
namespace {

constexpr char kNoDate[] = "no [dd/Mon/yyyy:hh:mm:ss.mmm] behind the client";
constexpr std::size_t kDate = 20;  // without its milliseconds

// Where the accept date's bracket stands; npos when nowhere.
std::size_t find_date(std::string_view line) {
  for (std::size_t at = line.find(" ["); at != line.npos; at = line.find(" [", at + 1)) {
    const std::string_view date = line.substr(at + 2);
    if (date.size() > 25 && date[2] == '/' && date[kDate] == '.' && date[24] == ']') return at + 1;
  }
  return line.npos;
}

class HaproxyFormat : public LineFormat {
 private:
  const char* read(std::string_view line, LogRecord& out) override {
    const std::size_t date = find_date(line);
    if (date == line.npos || date < 2) return kNoDate;
    FieldTexts texts;
    const std::string_view before = line.substr(0, date - 1);
    const std::string_view address = before.substr(before.rfind(' ') + 1);  // npos + 1 is 0
    // Its port is behind the last colon, also of an IPv6 address, which has no brackets.
    texts[LogField::kClient] = address.substr(0, address.rfind(':'));
    time_.assign(line.substr(date + 1, kDate)).append(" +0000");
    texts[LogField::kTime] = time_;
    line.remove_prefix(date + 26);
    if (!line.starts_with(' ')) return kNoDate;
    std::array<std::string_view, 5> words;  // frontend to bytes_read
    for (std::string_view& word : words) {
      line.remove_prefix(1);
      const std::size_t blank = line.find(' ');
      if (blank == line.npos) return "it has fewer fields than a line of httplog";
      word = line.substr(0, blank);
      line.remove_prefix(blank);
    }
    const std::size_t quote = line.find('"');
    if (quote == line.npos || line.size() < quote + 2 || !line.ends_with('"')) {
      return "no quoted request at its end";
    }
    texts[LogField::kRequest] = line.substr(quote + 1, line.size() - quote - 2);
    if (words[3] == "-1") return "no status";
    texts[LogField::kStatus] = words[3];
    texts[LogField::kBytes] = words[4].substr(words[4].starts_with('+') ? 1 : 0);
    const std::string_view took = words[2].substr(words[2].rfind('/') + 1);
    if (!took.starts_with('+')) texts[LogField::kDuration] = took;
    texts.duration_unit = Unit::kMilliseconds;
    return fields_.read(texts, out);
  }

  FieldReader fields_;
  std::string time_;
};

}  // namespace

const LogFormat kHaproxyFormat = {"haproxy", "HAProxy's HTTP log format",
                                  [](const FieldChoices&) -> std::unique_ptr<LineFormat> {
                                    return std::make_unique<HaproxyFormat>();
                                  },
                                  false};

}  // namespace og::cli
