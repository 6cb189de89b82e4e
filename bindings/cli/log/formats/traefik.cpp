// SPDX-License-Identifier: Apache-2.0
// Traefik's access log with format = "json". Source: doc.traefik.io/traefik, "Access Logs", the
// list of fields: times are of the request's beginning, durations in nanoseconds. (Its other format
// is Common Log Format with fields behind it, which common.cpp reads.)
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/formats/json_lines.h"

namespace og::cli {
namespace {

constexpr FieldName kNames[] = {
    {LogField::kTime, "StartUTC"},
    {LogField::kTime, "StartLocal"},
    {LogField::kTime, "time"},  // of the end, and always there
    {LogField::kClient, "ClientHost"},
    {LogField::kClient, "ClientAddr"},
    {LogField::kMethod, "RequestMethod"},
    {LogField::kUrl, "RequestPath"},
    {LogField::kHost, "RequestHost"},
    {LogField::kHost, "RequestAddr"},
    {LogField::kStatus, "DownstreamStatus"},
    {LogField::kStatus, "OriginStatus"},
    {LogField::kBytes, "DownstreamContentSize"},
    {LogField::kDuration, "Duration", Unit::kNanoseconds},
};

}  // namespace

const LogFormat kTraefikFormat = {"traefik", "Traefik's JSON", [](const FieldChoices& chosen) {
                                    return read_json_lines(kNames, chosen);
                                  }};

}  // namespace og::cli
