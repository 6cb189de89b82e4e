// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/fields.h"

#include <algorithm>
#include <charconv>

#include "bindings/cli/log/client.h"
#include "bindings/cli/log/digit.h"
#include "bindings/cli/nearest.h"
#include "core/base/quantity.h"

namespace og::cli {

const char kBadStatus[] = "the status is not 100 to 599";
const char kBadSize[] = "the size is not a number";

namespace {

constexpr char kBadDuration[] = "the duration is not a number and no duration";
constexpr double kLongestNs = 1e17;  // three years
constexpr std::pair<std::string_view, Unit> kUnitWords[] = {{"s", Unit::kSeconds},
                                                            {"ms", Unit::kMilliseconds},
                                                            {"us", Unit::kMicroseconds},
                                                            {"ns", Unit::kNanoseconds}};

double nanoseconds_of(Unit unit) {
  switch (unit) {
    case Unit::kSeconds:
      return 1e9;
    case Unit::kMilliseconds:
      return 1e6;
    case Unit::kMicroseconds:
      return 1e3;
    default:
      return 1;
  }
}

// As Go writes a duration: "1m2.5s", "929.675µs".
bool read_go_duration(std::string_view text, double& ns) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1},   {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3},
      {"ms", 1e6}, {"s", 1e9},  {"m", 6e10},        {"h", 3.6e12}};
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [after, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || number < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(after - text.data()));
    const auto* const unit =
        std::find_if(std::begin(kUnits), std::end(kUnits),
                     [&](const auto& row) { return text.starts_with(row.first); });
    if (unit == std::end(kUnits)) return false;
    sum += number * unit->second;
    text.remove_prefix(unit->first.size());
  }
  ns = sum;
  return true;
}

// One item of a list, which may be alone.
const char* read_one_duration(std::string_view text, Unit unit, double& ns) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && after == end && unit != Unit::kNone) {
    ns = number * nanoseconds_of(unit);
  } else if (const auto given = parse_duration(text); given && after != end) {
    ns = static_cast<double>(*given);
  } else if (after == end || !read_go_duration(text, ns)) {
    return kBadDuration;
  }
  return ns <= kLongestNs ? nullptr : kBadDuration;  // also for what is not a number
}

}  // namespace

Result<FieldChoice> parse_field_choice(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string word = text.substr(0, equals);
  const auto found = std::find(kLogFieldWords.begin(), kLogFieldWords.end(), word);
  if (equals == text.npos || found == kLogFieldWords.end()) {
    std::string all;
    for (const std::string_view known : kLogFieldWords) {
      all += (all.empty() ? "" : ", ") + std::string(known);
    }
    if (equals == text.npos) {
      return fail("--log-field '" + printable(text) + "' is not FIELD=NAME; FIELD is one of " +
                  all);
    }
    return fail("--log-field knows no field '" + printable(word) + "'" +
                did_you_mean(word, {kLogFieldWords.begin(), kLogFieldWords.end()}) +
                "; it is one of " + all);
  }
  FieldChoice choice{static_cast<LogField>(found - kLogFieldWords.begin()),
                     text.substr(equals + 1)};
  if (choice.field != LogField::kDuration || choice.name.empty()) return choice;
  const std::size_t colon = choice.name.rfind(':');
  const std::string unit = colon == text.npos ? "" : choice.name.substr(colon + 1);
  for (const auto& [name, value] : kUnitWords) {
    if (unit == name) choice.unit = value;
  }
  if (choice.unit != Unit::kNone) choice.name.resize(colon);
  return choice;
}

std::vector<FieldChoice> names_in_force(std::span<const FieldName> names,
                                        const FieldChoices& chosen) {
  std::vector<FieldChoice> all;
  const auto is_chosen = [&](LogField field) {
    return std::any_of(chosen.begin(), chosen.end(),
                       [&](const FieldChoice& choice) { return choice.field == field; });
  };
  for (const FieldChoice& choice : chosen) {
    if (choice.name.empty()) continue;
    all.push_back(choice);
    all.back().is_chosen = true;
    if (choice.field != LogField::kDuration || choice.unit != Unit::kNone) continue;
    for (const FieldName& row : names) {  // a name that the format knows has the format's unit
      if (row.field == choice.field && row.name == choice.name) all.back().unit = row.unit;
    }
  }
  for (const FieldName& row : names) {
    if (!is_chosen(row.field)) all.push_back({row.field, std::string(row.name), row.unit});
  }
  return all;
}

std::string unseen_choice(std::span<const FieldChoice> names) {
  for (const FieldChoice& name : names) {
    if (!name.is_chosen || name.is_seen) continue;
    return "no line has '" + printable(name.name) + "', which --log-field names";
  }
  return {};
}

const char* read_size(std::string_view text, int64_t& bytes) {
  bytes = 0;
  if (text == "-") return nullptr;
  if (text.empty() || text.size() > 15) return kBadSize;  // a petabyte: not a response
  for (const char c : text) {
    if (!is_digit(c)) return kBadSize;
    bytes = bytes * 10 + (c - '0');
  }
  return nullptr;
}

const char* read_duration(std::string_view text, Unit unit, int64_t& ns) {
  double sum = 0;
  bool any = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",:"), text.size());
    std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!is_there(item)) continue;
    double one = 0;
    if (const char* why = read_one_duration(item, unit, one)) return why;
    if (one < 0) return nullptr;
    sum += one;
    any = true;
  }
  if (sum > kLongestNs) return kBadDuration;
  if (any) ns = static_cast<int64_t>(sum);
  return nullptr;
}

const char* FieldReader::read_time(const FieldTexts& texts, LogRecord& out) {
  const std::string_view time = texts[LogField::kTime];
  const std::string_view date = texts[LogField::kDate];
  if (!is_there(time)) return "no time";
  return is_there(date) ? time_.date_and_time(date, time, out) : time_.any(time, out);
}

const char* FieldReader::read_url(const FieldTexts& texts, LogRecord& out) {
  const std::string_view request = texts[LogField::kRequest];
  const std::string_view method = texts[LogField::kMethod];
  std::string_view url = texts[LogField::kUrl];
  if (is_there(method) && is_there(url)) {
    out.method = method_of(method);
    const std::string_view query = texts[LogField::kQuery];
    if (is_there(query) && url.find('?') == url.npos) {
      with_query_.assign(url);
      if (!query.starts_with('?')) with_query_ += '?';
      with_query_ += query;
      url = with_query_;
    }
    out.url = url;
  } else if (request.data() != nullptr) {  // that it is empty is what was sent
    split_request(request, out);
    if (out.method == Method::kOther && request.starts_with("- ")) out.url = request;
  } else {
    return is_there(url) ? "no method" : "no URL";
  }
  out.url = hosted_.join(texts[LogField::kHost], out.url);
  return nullptr;
}

const char* FieldReader::read(const FieldTexts& texts, LogRecord& out) {
  if (const char* why = read_time(texts, out)) return why;
  if (const char* why = read_client(texts[LogField::kClient], out.client)) return why;
  if (const char* why = read_url(texts, out)) return why;
  const std::string_view status = texts[LogField::kStatus];
  if (!is_there(status)) return "no status";
  out.status = 0;
  for (const char c : status.substr(0, 4)) {
    if (!is_digit(c)) return kBadStatus;
    out.status = out.status * 10 + (c - '0');
  }
  if (status.size() != 3 || out.status < 100 || out.status > 599) return kBadStatus;
  const std::string_view bytes = texts[LogField::kBytes];
  out.bytes = 0;
  if (is_there(bytes)) {
    if (const char* why = read_size(bytes, out.bytes)) return why;
  }
  out.duration_ns = -1;
  const std::string_view duration = texts[LogField::kDuration];
  return is_there(duration) ? read_duration(duration, texts.duration_unit, out.duration_ns)
                            : nullptr;
}

}  // namespace og::cli
