// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bindings/cli/log/fields.h"

namespace og::cli {

// nginx's variables. Source: nginx.org/en/docs/http/ngx_http_log_module.html, _core_module.html
// (variables) and _upstream_module.html. A list of addresses or of times is read as such.
inline constexpr FieldName kNginxNames[] = {
    {LogField::kTime, "time_iso8601"},
    {LogField::kTime, "time_local"},
    {LogField::kTime, "msec"},
    {LogField::kClient, "remote_addr"},
    {LogField::kClient, "proxy_protocol_addr"},
    {LogField::kClient, "http_x_real_ip"},
    {LogField::kClient, "http_x_forwarded_for"},
    {LogField::kClient, "proxy_add_x_forwarded_for"},
    {LogField::kRequest, "request"},
    {LogField::kMethod, "request_method"},
    {LogField::kUrl, "request_uri"},
    {LogField::kUrl, "uri"},
    {LogField::kUrl, "document_uri"},
    {LogField::kQuery, "args"},
    {LogField::kQuery, "query_string"},
    {LogField::kHost, "host"},
    {LogField::kHost, "http_host"},
    {LogField::kHost, "server_name"},
    {LogField::kStatus, "status"},
    {LogField::kBytes, "body_bytes_sent"},
    {LogField::kBytes, "bytes_sent"},
    {LogField::kDuration, "request_time", Unit::kSeconds},
    {LogField::kDuration, "upstream_response_time", Unit::kSeconds},
};

}  // namespace og::cli
