// SPDX-License-Identifier: Apache-2.0
/*
 * Envoy's access log in its default text, and in Istio's, which says more. Source:
 * envoyproxy.io/docs, "Access logging", "Default format string"; istio.io/docs, "Envoy Access
 * Logs":
 *
 *   [start_time] "method path protocol" code flags bytes_received bytes_sent duration
 *   upstream_service_time "x-forwarded-for" "user-agent" "x-request-id" "authority" "upstream_host"
 *
 * Istio has, behind the flags, details code_details termination_details "failure_reason", and at
 * the end cluster upstream_local downstream_local downstream_remote server_name route. Only there
 * an address of the client's own is in the line: else it is the first of X-Forwarded-For, which has
 * it where Envoy stands at the edge. Durations are whole milliseconds. Envoy escapes no quotes: a
 * line with more of them than the format has is not read.
 */
#include <array>

#include "bindings/cli/log/digit.h"
#include "bindings/cli/log/formats.h"

namespace og::cli {
namespace {

constexpr char kTooFew[] = "it has fewer fields than an Envoy line";
constexpr char kQuotes[] = "a quoted field holds a quote, so that it is not plain where it ends";
constexpr char kNoForwarded[] =
    "no client: X-Forwarded-For is '-', and Envoy's default has no other";

// Takes the next word and the blank after it.
bool take_word(std::string_view& line, std::string_view& word) {
  const std::size_t blank = line.find(' ');
  if (blank == line.npos || blank == 0) return false;
  word = line.substr(0, blank);
  line.remove_prefix(blank + 1);
  return true;
}

class EnvoyText : public LineFormat {
 private:
  const char* read(std::string_view line, LogRecord& out) override {
    FieldTexts texts;
    if (const char* why = read_begin(line, texts)) return why;
    std::string_view word;
    if (!take_word(line, word)) return kTooFew;  // flags
    if (!line.empty() && !is_digit(line[0]) && !pass_details(line)) return kTooFew;
    std::string_view sent, took;
    if (!take_word(line, word) || !take_word(line, sent) || !take_word(line, took)) return kTooFew;
    texts[LogField::kBytes] = sent;
    texts[LogField::kDuration] = took;
    texts.duration_unit = Unit::kMilliseconds;
    if (!take_word(line, word)) return kTooFew;  // upstream_service_time
    if (const char* why = read_quoted(line, texts)) return why;
    if (!is_there(texts[LogField::kClient])) return kNoForwarded;
    return fields_.read(texts, out);
  }

  // `[time] "request" status `
  static const char* read_begin(std::string_view& line, FieldTexts& texts) {
    const std::size_t close = line.starts_with('[') ? line.find("] \"") : line.npos;
    if (close == line.npos) return "no [time] and \"request\" at its begin";
    texts[LogField::kTime] = line.substr(1, close - 1);
    line.remove_prefix(close + 3);
    const std::size_t quote = line.find("\" ");
    if (quote == line.npos) return "the request's quote is not closed";
    texts[LogField::kRequest] = line.substr(0, quote);
    line.remove_prefix(quote + 2);
    return take_word(line, texts[LogField::kStatus]) ? nullptr : kTooFew;
  }

  // Istio's: `via_upstream - "-" `
  static bool pass_details(std::string_view& line) {
    const std::size_t reason = line.find(" \"");
    const std::size_t end = reason == line.npos ? line.npos : line.find("\" ", reason + 2);
    if (end == line.npos) return false;
    line.remove_prefix(end + 2);
    return true;
  }

  static const char* read_quoted(std::string_view line, FieldTexts& texts) {
    std::array<std::string_view, 5> quoted;  // x-forwarded-for to upstream_host
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      const std::size_t close = line.starts_with('"') ? line.find('"', 1) : line.npos;
      if (close == line.npos) return i == 0 ? kTooFew : kQuotes;
      quoted[i] = line.substr(1, close - 1);
      line.remove_prefix(close + 1);
      if (i + 1 == quoted.size()) break;
      if (!line.starts_with(' ')) return kQuotes;
      line.remove_prefix(1);
    }
    texts[LogField::kClient] = quoted[0];
    texts[LogField::kHost] = quoted[3];
    if (line.empty()) return nullptr;
    if (line.find('"') != line.npos) return kQuotes;
    line.remove_prefix(1);
    std::string_view word;
    for (int i = 0; i < 3; ++i) {
      if (!take_word(line, word)) return kQuotes;
    }
    if (!take_word(line, texts[LogField::kClient])) return kTooFew;
    return nullptr;
  }

  FieldReader fields_;
};

}  // namespace

const LogFormat kEnvoyTextFormat = {"envoy_text", "Envoy's default text",
                                    [](const FieldChoices&) -> std::unique_ptr<LineFormat> {
                                      return std::make_unique<EnvoyText>();
                                    },
                                    false};

}  // namespace og::cli
