// SPDX-License-Identifier: Apache-2.0
// IIS, and others that write W3C Extended Log File Format. Source: learn.microsoft.com, "W3C
// Logging" (the names, UTC, blanks in a value as plus signs) and "time-taken" (milliseconds).
#include "bindings/cli/log/formats/w3c.h"

#include "bindings/cli/log/formats.h"

namespace og::cli {
namespace {

constexpr FieldName kNames[] = {
    {LogField::kDate, "date"},        {LogField::kTime, "time"},
    {LogField::kClient, "c-ip"},      {LogField::kClient, "c-dns"},
    {LogField::kMethod, "cs-method"}, {LogField::kUrl, "cs-uri-stem"},
    {LogField::kUrl, "cs-uri"},       {LogField::kQuery, "cs-uri-query"},
    {LogField::kHost, "cs-host"},     {LogField::kHost, "cs(Host)"},
    {LogField::kStatus, "sc-status"}, {LogField::kBytes, "sc-bytes"},
    {LogField::kBytes, "bytes"},      {LogField::kDuration, "time-taken"},
};

}  // namespace

const LogFormat kW3cFormat = {
    "w3c", "W3C Extended Log File Format", [](const FieldChoices& chosen) {
      const auto is_ours = [](std::string_view fields) {
        return fields.find("x-edge-location") == fields.npos;  // CloudFront's
      };
      return read_w3c({kNames, is_ours}, chosen);
    }};

}  // namespace og::cli
