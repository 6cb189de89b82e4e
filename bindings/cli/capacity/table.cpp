// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/capacity/table.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/base/trimmed.h"

namespace og::cli {
namespace {

constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kMostRows = 1'000'000;
constexpr const char* kWanted =
    "the first line names the columns: concurrency and throughput, or rate and utilization";

constexpr std::string_view kAround = " \t\r\"";  // a cell

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> found;
  while (true) {
    const std::size_t comma = line.find(',');
    found.push_back(trimmed(line.substr(0, comma), kAround));
    if (comma == line.npos) return found;
    line.remove_prefix(comma + 1);
  }
}

struct Columns {
  MeasuredTable::Kind kind;
  std::size_t at, seen;
  const char *at_name, *seen_name;
};

Result<Columns> columns_of(std::string_view line, const std::string& place) {
  const auto names = cells(line);
  const auto find = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  for (const Columns& wanted :
       {Columns{MeasuredTable::Kind::kScalability, 0, 0, "concurrency", "throughput"},
        Columns{MeasuredTable::Kind::kUtilization, 0, 0, "rate", "utilization"}}) {
    const std::size_t at = find(wanted.at_name), seen = find(wanted.seen_name);
    if (at < names.size() && seen < names.size()) {
      return Columns{wanted.kind, at, seen, wanted.at_name, wanted.seen_name};
    }
  }
  return fail(place + kWanted);
}

Result<double> number_in(const std::vector<std::string_view>& row, std::size_t column,
                         const char* name, const std::string& place) {
  if (column >= row.size()) return fail(place + "there is no " + name);
  const std::string_view text = row[column];
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(place + name + " cannot be '" + printable(text) + "': it is a number");
  }
  return number;
}

}  // namespace

Result<MeasuredTable> read_table(std::istream& in, const std::string& name) {
  MeasuredTable table;
  Columns columns{};
  bool has_columns = false;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string place = name + ":" + std::to_string(number) + ": ";
    if (line.size() > kLongestLine) return fail(place + "the line is longer than 64 KiB");
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (trimmed(line, kAround).empty() || line.starts_with('#')) continue;
    if (!has_columns) {
      const auto found = columns_of(line, place);
      if (!found) return tl::unexpected(found.error());
      columns = *found;
      has_columns = true;
      continue;
    }
    const auto row = cells(line);
    const auto at = number_in(row, columns.at, columns.at_name, place);
    if (!at) return tl::unexpected(at.error());
    const auto seen = number_in(row, columns.seen, columns.seen_name, place);
    if (!seen) return tl::unexpected(seen.error());
    if (table.rows.size() == kMostRows) return fail(place + "more than a million rows");
    table.rows.push_back({*at, *seen, number});
  }
  if (in.bad()) return fail("cannot read " + name);
  if (!has_columns) return fail(name + ": " + kWanted);
  table.kind = columns.kind;
  return table;
}

}  // namespace og::cli
