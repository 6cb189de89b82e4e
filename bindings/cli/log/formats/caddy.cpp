// SPDX-License-Identifier: Apache-2.0
// Caddy's access log, in the JSON of its default encoder. Source: caddyserver.com/docs/logging and
// /docs/caddyfile/directives/log: `duration` is in seconds unless duration_format says otherwise,
// and then a text with its unit; client_ip honours trusted_proxies, and came with 2.7. A request
// that failed is also in the error log, which by default goes where the access log goes: its logger
// is "http.log.error" or "http.log.error.NAME", and it too has the request, a status and a
// duration.
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/formats/json_lines.h"

namespace og::cli {
namespace {

constexpr FieldName kNames[] = {
    {LogField::kTime, "ts"},
    {LogField::kClient, "request.client_ip"},
    {LogField::kClient, "request.remote_ip"},
    {LogField::kClient, "request.remote_addr"},  // before 2.5
    {LogField::kMethod, "request.method"},
    {LogField::kUrl, "request.uri"},
    {LogField::kHost, "request.host"},
    {LogField::kStatus, "status"},
    {LogField::kBytes, "size"},
    {LogField::kDuration, "duration", Unit::kSeconds},
};

// A quote in a text is escaped, so that only a member is named so.
bool is_of_error_log(std::string_view line) {
  constexpr std::string_view kLogger = "\"logger\":";
  std::size_t at = line.find(kLogger);
  if (at == line.npos) return false;
  at = line.find_first_not_of(' ', at + kLogger.size());
  return at != line.npos && line.substr(at).starts_with("\"http.log.error");
}

class CaddyFormat : public LineFormat {
 public:
  explicit CaddyFormat(const FieldChoices& chosen) : lines_(read_json_lines(kNames, chosen)) {}

  std::string note() const override { return lines_->note(); }

 private:
  const char* read(std::string_view line, LogRecord& out) override {
    if (is_of_error_log(line)) return "of the error log; the access log has the request too";
    return lines_->parse(line, out);
  }

  std::unique_ptr<LineFormat> lines_;
};

}  // namespace

const LogFormat kCaddyFormat = {"caddy", "Caddy's JSON",
                                [](const FieldChoices& chosen) -> std::unique_ptr<LineFormat> {
                                  return std::make_unique<CaddyFormat>(chosen);
                                }};

}  // namespace og::cli
