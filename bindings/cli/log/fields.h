// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/record.h"
#include "bindings/cli/log/request.h"
#include "bindings/cli/log/time_text.h"

namespace og::cli {

// What a request is read from. A log has either the request line or method and URL; the time is
// one field or two; the last four may be missing.
enum class LogField : int8_t {
  kTime,
  kDate,  // of a time without one
  kClient,
  kRequest,  // "GET /url HTTP/1.1"
  kMethod,
  kUrl,
  kStatus,
  kQuery,  // of a URL without one
  kHost,
  kBytes,
  kDuration,
};
inline constexpr std::size_t kLogFields = 11;
// As --log-field names them.
inline constexpr std::array<std::string_view, kLogFields> kLogFieldWords = {
    "time",   "date",  "client", "request", "method",  "url",
    "status", "query", "host",   "bytes",   "duration"};

// Of a duration that is a bare number.
enum class Unit : int8_t { kNone, kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// By which name a format has a field. Of several that a line has, the first in a table is taken.
struct FieldName {
  LogField field;
  std::string_view name;
  Unit unit = Unit::kNone;
};

// What the user says in place of a format's own names.
struct FieldChoice {
  LogField field;
  std::string name;  // "": none, the field is not read
  Unit unit = Unit::kNone;
  bool is_chosen = false;  // by --log-field, not by the format
  bool is_seen = false;    // in the log
};
using FieldChoices = std::vector<FieldChoice>;

// "client=http_x_forwarded_for", "duration=took:ms"
Result<FieldChoice> parse_field_choice(const std::string& text);

// The names of a format with the user's choices in their place.
std::vector<FieldChoice> names_in_force(std::span<const FieldName> names,
                                        const FieldChoices& chosen);

// "no line has 'x', which --log-field names", or "" when each that was chosen was seen.
std::string unseen_choice(std::span<const FieldChoice> names);

// A line's fields as they stand in it; "" and "-" are no text.
struct FieldTexts {
  std::array<std::string_view, kLogFields> texts{};
  Unit duration_unit = Unit::kNone;

  std::string_view& operator[](LogField field) { return texts[static_cast<std::size_t>(field)]; }
  std::string_view operator[](LogField field) const {
    return texts[static_cast<std::size_t>(field)];
  }
};

inline bool is_there(std::string_view text) { return !text.empty() && text != "-"; }

// Texts into a record: what all formats have in common.
class FieldReader {
 public:
  // nullptr and `out` filled, whose views are the texts' or the reader's own; or why not.
  const char* read(const FieldTexts& texts, LogRecord& out);

 private:
  const char* read_time(const FieldTexts& texts, LogRecord& out);
  const char* read_url(const FieldTexts& texts, LogRecord& out);

  TimeText time_;
  HostedUrl hosted_;
  std::string with_query_;
};

extern const char kBadStatus[];
extern const char kBadSize[];

const char* read_size(std::string_view text, int64_t& bytes);  // "-" is 0

/*
 * A number in `unit`, or text that names its own: "12ms". Of several numbers, as nginx has them for
 * servers that were asked one after the other ("0.004, 0.010 : 0.2"), the sum. A negative one
 * (ALB's -1) is no duration, and ns is left alone.
 */
const char* read_duration(std::string_view text, Unit unit, int64_t& ns);

}  // namespace og::cli
