// SPDX-License-Identifier: Apache-2.0
// Envoy's access log in JSON. Envoy has no names of its own (json_format gives them); these are
// Istio's and Envoy Gateway's, which name the fields after Envoy's command operators and headers.
// Source: envoyproxy.io/docs, "Access logging"; istio.io/docs, "Envoy Access Logs";
// gateway.envoyproxy.io/docs, "Proxy Observability". DURATION is in whole milliseconds, and
// DOWNSTREAM_REMOTE_ADDRESS is the client where Envoy trusts X-Forwarded-For.
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/formats/json_lines.h"

namespace og::cli {
namespace {

constexpr FieldName kNames[] = {
    {LogField::kTime, "start_time"},
    {LogField::kClient, "downstream_remote_address_without_port"},
    {LogField::kClient, "downstream_remote_address"},
    {LogField::kClient, "x_forwarded_for"},
    {LogField::kClient, "x-forwarded-for"},
    {LogField::kMethod, "method"},
    {LogField::kMethod, ":method"},
    {LogField::kUrl, "path"},
    {LogField::kUrl, "x-envoy-origin-path"},
    {LogField::kUrl, "x_envoy_original_path"},
    {LogField::kUrl, ":path"},
    {LogField::kHost, "authority"},
    {LogField::kHost, ":authority"},
    {LogField::kStatus, "response_code"},
    {LogField::kBytes, "bytes_sent"},
    {LogField::kDuration, "duration", Unit::kMilliseconds},
};

}  // namespace

const LogFormat kEnvoyFormat = {"envoy", "Envoy's JSON", [](const FieldChoices& chosen) {
                                  return read_json_lines(kNames, chosen);
                                }};

}  // namespace og::cli
