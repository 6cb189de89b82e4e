// SPDX-License-Identifier: Apache-2.0
// JSON of any server: nginx's, whose log_format gives the names, mostly those of its variables; and
// names that are usual elsewhere. What else a log calls them, --log-field says.
#include <vector>

#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/formats/json_lines.h"
#include "bindings/cli/log/formats/nginx_names.h"

namespace og::cli {
namespace {

constexpr FieldName kUsualNames[] = {
    {LogField::kTime, "@timestamp"},
    {LogField::kTime, "timestamp"},
    {LogField::kTime, "time"},
    {LogField::kTime, "ts"},
    {LogField::kTime, "datetime"},
    {LogField::kClient, "client_ip"},
    {LogField::kClient, "remote_ip"},
    {LogField::kClient, "clientip"},
    {LogField::kClient, "clientIp"},
    {LogField::kClient, "client.ip"},  // Elastic Common Schema, as the dotted names below
    {LogField::kClient, "source.ip"},
    {LogField::kClient, "client"},
    {LogField::kClient, "ip"},
    {LogField::kMethod, "method"},
    {LogField::kMethod, "http.request.method"},
    {LogField::kUrl, "url"},
    {LogField::kUrl, "url.original"},
    {LogField::kUrl, "url.path"},
    {LogField::kUrl, "path"},
    {LogField::kQuery, "query"},
    {LogField::kQuery, "url.query"},
    {LogField::kHost, "vhost"},
    {LogField::kHost, "url.domain"},
    {LogField::kStatus, "status_code"},
    {LogField::kStatus, "statusCode"},
    {LogField::kStatus, "http.response.status_code"},
    {LogField::kBytes, "bytes"},
    {LogField::kBytes, "size"},
    {LogField::kBytes, "response_size"},
    {LogField::kBytes, "bytes_out"},
    {LogField::kBytes, "http.response.body.bytes"},
    {LogField::kDuration, "duration_ms", Unit::kMilliseconds},
    {LogField::kDuration, "latency_ms", Unit::kMilliseconds},
    {LogField::kDuration, "elapsed_ms", Unit::kMilliseconds},
    {LogField::kDuration, "took_ms", Unit::kMilliseconds},
    {LogField::kDuration, "response_time_ms", Unit::kMilliseconds},
    {LogField::kDuration, "request_time_ms", Unit::kMilliseconds},
    {LogField::kDuration, "duration_us", Unit::kMicroseconds},
    {LogField::kDuration, "duration_ns", Unit::kNanoseconds},
    {LogField::kDuration, "event.duration", Unit::kNanoseconds},
    {LogField::kDuration, "duration_s", Unit::kSeconds},
    {LogField::kDuration, "duration_seconds", Unit::kSeconds},
    // Whose unit is not plain: only a text with a unit counts.
    {LogField::kDuration, "duration"},
    {LogField::kDuration, "latency"},
    {LogField::kDuration, "elapsed"},
    {LogField::kDuration, "response_time"},
};

}  // namespace

const LogFormat kJsonFormat = {
    "json", "JSON", [](const FieldChoices& chosen) {
      static const std::vector<FieldName> kNames = [] {
        std::vector<FieldName> all(std::begin(kNginxNames), std::end(kNginxNames));
        all.insert(all.end(), std::begin(kUsualNames), std::end(kUsualNames));
        return all;
      }();
      return read_json_lines(kNames, chosen);
    }};

}  // namespace og::cli
