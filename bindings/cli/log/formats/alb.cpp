// SPDX-License-Identifier: Apache-2.0
/*
 * The access logs of AWS's Application Load Balancer and of its Classic one. Source:
 * docs.aws.amazon.com, "Access logs for your Application Load Balancer", "Access log entries":
 *
 *   type time elb client:port target:port request_processing_time target_processing_time
 *   response_processing_time elb_status_code target_status_code received_bytes sent_bytes "request"
 *   "user_agent" ...
 *
 * Fields are added at the end. The Classic Load Balancer's have no type. The time is that of the
 * response; the three processing times, in seconds, are together the duration, and -1 where no
 * target answered. The request's URL has the host: "GET http://www.example.com:80/ HTTP/1.1".
 *
 * An IPv6 client has no brackets: "2001:db8::7:2819" is port 2819 of 2001:db8::7.
 */
#include <algorithm>
#include <array>

#include "bindings/cli/log/digit.h"
#include "bindings/cli/log/formats.h"

namespace og::cli {
namespace {

constexpr std::string_view kTypes[] = {"http", "https", "h2", "grpcs", "ws", "wss"};

bool is_type(std::string_view word) {
  for (const std::string_view type : kTypes) {
    if (word == type) return true;
  }
  return false;
}

// Without ":2819". What follows the last colon of a client is always its port.
std::string_view without_port(std::string_view client) {
  const std::size_t colon = client.rfind(':');
  if (colon == client.npos || colon == 0) return client;
  const std::string_view port = client.substr(colon + 1);
  const bool is_port =
      !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit);
  return is_port ? client.substr(0, colon) : client;
}

class AlbFormat : public LineFormat {
 private:
  const char* read(std::string_view line, LogRecord& out) override {
    if (is_type(line.substr(0, line.find(' ')))) line.remove_prefix(line.find(' ') + 1);
    std::array<std::string_view, 11> words;  // time to sent_bytes
    for (std::string_view& word : words) {
      const std::size_t blank = line.find(' ');
      if (blank == line.npos) return "it has fewer fields than a load balancer's line";
      word = line.substr(0, blank);
      line.remove_prefix(blank + 1);
    }
    if (words[0].size() < 19 || words[0][10] != 'T') return "no time behind the type";
    const std::size_t quote = line.starts_with('"') ? line.find('"', 1) : line.npos;
    if (quote == line.npos) return "no quoted request behind sent_bytes";
    FieldTexts texts;
    texts[LogField::kTime] = words[0];
    texts[LogField::kClient] = without_port(words[2]);
    texts[LogField::kStatus] = words[7];
    texts[LogField::kBytes] = words[10];
    texts[LogField::kRequest] = line.substr(1, quote - 1);
    if (const char* why = fields_.read(texts, out)) return why;
    int64_t sum = 0;
    for (const std::size_t part : {4U, 5U, 6U}) {
      int64_t ns = -1;
      if (const char* why = read_duration(words[part], Unit::kSeconds, ns)) return why;
      if (ns < 0) return nullptr;
      sum += ns;
    }
    out.duration_ns = sum;
    return nullptr;
  }

  FieldReader fields_;
};

}  // namespace

const LogFormat kAlbFormat = {"alb", "AWS load balancer format",
                              [](const FieldChoices&) -> std::unique_ptr<LineFormat> {
                                return std::make_unique<AlbFormat>();
                              },
                              false};

}  // namespace og::cli
