// SPDX-License-Identifier: Apache-2.0
// Caddy's access log, in the JSON of its default encoder. Source: caddyserver.com/docs/logging and
// /docs/caddyfile/directives/log: `duration` is in seconds unless duration_format says otherwise,
// and then a text with its unit; client_ip honours trusted_proxies, and came with 2.7.
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

}  // namespace

const LogFormat kCaddyFormat = {"caddy", "Caddy's JSON", [](const FieldChoices& chosen) {
                                  return read_json_lines(kNames, chosen);
                                }};

}  // namespace og::cli
