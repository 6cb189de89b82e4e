// SPDX-License-Identifier: Apache-2.0
// CloudFront's standard logs: W3C Extended Log File Format, with tabs. Source: docs.aws.amazon.com,
// Amazon CloudFront Developer Guide, "Standard logging reference", "Log file fields": x-host-header
// is the host that the viewer named, cs(Host) the distribution's domain; time-taken is in seconds.
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/formats/w3c.h"

namespace og::cli {
namespace {

constexpr FieldName kNames[] = {
    {LogField::kDate, "date"},
    {LogField::kTime, "time"},
    {LogField::kClient, "c-ip"},
    {LogField::kMethod, "cs-method"},
    {LogField::kUrl, "cs-uri-stem"},
    {LogField::kQuery, "cs-uri-query"},
    {LogField::kHost, "x-host-header"},
    {LogField::kHost, "cs(Host)"},
    {LogField::kStatus, "sc-status"},
    {LogField::kBytes, "sc-bytes"},
    {LogField::kDuration, "time-taken", Unit::kSeconds},
};

}  // namespace

const LogFormat kCloudFrontFormat = {"cloudfront", "CloudFront's standard log format",
                                     [](const FieldChoices& chosen) {
                                       const auto is_ours = [](std::string_view fields) {
                                         return fields.find("x-edge-location") != fields.npos;
                                       };
                                       return read_w3c({kNames, is_ours}, chosen);
                                     }};

}  // namespace og::cli
