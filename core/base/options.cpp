// SPDX-License-Identifier: Apache-2.0
#include "core/base/options.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/number_text.h"
#include "core/base/shown_text.h"
#include "core/base/size_text.h"

namespace og {
namespace {

constexpr size_t kLongestShown = 80;

std::string range_text(const OptionSpec& row) {
  if (row.type == OptionType::kBytes) {
    return size_text(static_cast<uint64_t>(row.min)) + " to " +
           size_text(static_cast<uint64_t>(row.max));
  }
  std::string unit = *row.unit ? std::string(" ") + row.unit : "";
  return plain_number(row.min) + " to " + plain_number(row.max) + unit;
}

tl::unexpected<Error> bad_value(const std::string& name, std::string_view text,
                                std::string wanted) {
  return fail(
      Status::kBadValue,
      "option '" + name + "' cannot be '" + shown(text, kLongestShown) + "': " + std::move(wanted),
      name);
}

// A bound of the row in the unit that its values have, as exact as they are.
int64_t bound(double limit, double unit) {
  const double value = limit * unit;
  return value >= 0x1p63 ? INT64_MAX : value <= -0x1p63 ? INT64_MIN : std::llround(value);
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (size_t at; (at = text.find(by)) != std::string_view::npos; text.remove_prefix(at + 1)) {
    parts.push_back(text.substr(0, at));
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

Result<Options::Value> Options::parse(const OptionSpec& row, const std::string& name,
                                      std::string_view text) {
  Value value;
  value.text = text;
  bool bounded = row.min < row.max;
  auto outside = [&](double v) { return bounded && (v < row.min || v > row.max); };
  auto beyond = [&](int64_t v, double unit) {
    return bounded && (v < bound(row.min, unit) || v > bound(row.max, unit));
  };

  switch (row.type) {
    case OptionType::kBool:
      if (text != "true" && text != "false") return bad_value(name, text, "use true or false");
      value.integer = text == "true";
      return value;
    case OptionType::kInt: {
      auto whole = parse_whole(text);
      if (!whole || beyond(*whole, 1)) {
        return bad_value(name, text, "use a whole number, " + range_text(row));
      }
      value.integer = *whole;
      return value;
    }
    case OptionType::kDouble: {
      auto number = parse_double(text);
      if (!number || outside(*number))
        return bad_value(name, text, "use a number, " + range_text(row));
      value.number = *number;
      return value;
    }
    case OptionType::kDuration: {
      auto ns = parse_duration(text);
      if (!ns || beyond(*ns, 1e6)) {
        return bad_value(
            name, text,
            "use milliseconds, or a number with ns, us, ms, s, min, h or d such as 30s, " +
                range_text(row));
      }
      value.integer = *ns;
      return value;
    }
    case OptionType::kBytes: {
      auto bytes = parse_bytes(text);
      if (!bytes || beyond(*bytes, 1)) {
        return bad_value(
            name, text,
            "use whole bytes, or a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB such as "
            "64MiB, " +
                range_text(row));
      }
      value.integer = *bytes;
      return value;
    }
    case OptionType::kRate: {
      auto rates = parse_rates(text);
      if (!rates || rates->size() > row.most ||
          std::any_of(rates->begin(), rates->end(),
                      [&](const RateBand& each) { return outside(each.rate.per_second()); })) {
        const std::string several =
            row.most > 1 ? "; of up to " + std::to_string(row.most) +
                               " such as 100/s:20, 5000/h each may have its burst behind a colon"
                         : "";
        return bad_value(name, text,
                         "use whole events over a time such as 100/s, 1000/min or 5/250ms, " +
                             range_text(row) + several);
      }
      value.rates = std::move(*rates);
      return value;
    }
    case OptionType::kEnum: {
      auto words = split(row.choices, '|');
      auto found = std::find(words.begin(), words.end(), text);
      if (found == words.end()) {
        std::string near = nearest_name(text, words);
        return bad_value(name, text,
                         "use one of " + std::string(row.choices) +
                             (near.empty() ? "" : " (did you mean '" + near + "'?)"));
      }
      value.integer = found - words.begin();
      return value;
    }
    case OptionType::kString:
      if (row.is_list) std::erase_if(value.text, [](char c) { return std::strchr(" \t\n\r", c); });
      return value;
  }
  return value;
}

Result<Options> Options::resolve(const OptionTable& table, const Config& config) {
  std::vector<std::string_view> names;
  for (const OptionSpec& row : table.rows) names.push_back(row.name);
  for (const auto& [name, text] : config.entries()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string near = nearest_name(name, names);
    return fail(
        Status::kUnknownOption,
        "unknown option '" + config.prefix() + shown(name, kLongestShown) + "' for " + table.noun +
            (near.empty() ? "; `outgrow options " + std::string(table.noun) + "` says which it has"
                          : "; did you mean '" + config.prefix() + near + "'?"),
        config.prefix() + name);
  }

  Options options;
  options.table_ = table;
  for (const OptionSpec& row : table.rows) {
    const std::string* given = config.find(row.name);
    const std::string name = config.prefix() + row.name;
    if (!given && !row.fallback) {
      return fail(Status::kBadValue, "option '" + name + "' of " + table.noun + " must be given",
                  name);
    }
    if (!given && !*row.fallback) {
      options.values_.emplace_back();
      continue;
    }
    auto value = parse(row, name, given ? std::string_view(*given) : row.fallback);
    if (!value) return tl::unexpected(value.error());
    value->given = given != nullptr;
    options.values_.push_back(std::move(*value));
  }
  return options;
}

Options Options::part(const OptionTable& table) const {
  Options part;
  part.table_ = table;
  for (const OptionSpec& row : table.rows) {
    const auto found = std::find_if(table_.rows.begin(), table_.rows.end(), [&](const auto& own) {
      return std::string_view(own.name) == row.name;
    });
    part.values_.push_back(values_.at(static_cast<size_t>(found - table_.rows.begin())));
  }
  return part;
}

std::string Options::to_text(size_t row) const { return text_of(table_.rows[row], values_[row]); }

std::string Options::text_of(const OptionSpec& row, const Value& value) {
  auto duration = [](int64_t ns) {
    return ns % 1'000'000'000 == 0 ? std::to_string(ns / 1'000'000'000) + "s"
           : ns % 1'000'000 == 0   ? std::to_string(ns / 1'000'000) + "ms"
                                   : std::to_string(ns) + "ns";
  };
  switch (row.type) {
    case OptionType::kBool:
      return value.integer ? "true" : "false";
    case OptionType::kInt:
    case OptionType::kBytes:
      return std::to_string(value.integer);
    case OptionType::kDuration:
      return duration(value.integer);
    case OptionType::kRate: {
      std::string text;
      for (const RateBand& each : value.rates) {
        text += (text.empty() ? "" : ",") + std::to_string(each.rate.count) + "/" +
                duration(each.rate.period_ns);
        if (each.burst > 0) text += ":" + std::to_string(each.burst);
      }
      return text;
    }
    case OptionType::kDouble:
      return shortest_number(value.number);
    case OptionType::kEnum:
    case OptionType::kString:
      return value.text;
  }
  return {};
}

std::string Options::to_text() const {
  std::string all;
  for (size_t i = 0; i < values_.size(); ++i) {
    all += (all.empty() ? "" : " ") + std::string(table_.rows[i].name) + "=" + to_text(i);
  }
  return all;
}

void Config::set(std::string_view name, std::string_view value) {
  entries_.insert_or_assign(std::string(name), std::string(value));
}
void Config::set_int(std::string_view name, int64_t value) { set(name, std::to_string(value)); }
void Config::set_double(std::string_view name, double value) { set(name, shortest_number(value)); }
void Config::set_bool(std::string_view name, bool value) { set(name, value ? "true" : "false"); }

const std::string* Config::find(std::string_view name) const {
  auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

Config Config::section(std::string_view prefix) const {
  Config part;
  part.prefix_ = prefix_ + std::string(prefix) + '.';
  for (const auto& [name, value] : entries_) {
    std::string_view n = name;
    if (n.size() > prefix.size() && n.starts_with(prefix) && n[prefix.size()] == '.') {
      part.set(n.substr(prefix.size() + 1), value);
    }
  }
  return part;
}

Config Config::own() const {
  Config part;
  part.prefix_ = prefix_;
  for (const auto& [name, value] : entries_) {
    if (name.find('.') == std::string::npos) part.set(name, value);
  }
  return part;
}

std::string nearest_name(std::string_view name, std::span<const std::string_view> known) {
  // Levenshtein distance, one row at a time; farther than a third of the name is no suggestion. A
  // unit or another last word that was left out ("open" for "open_ms") is the smallest of
  // distances.
  name = name.substr(0, 64);
  for (std::string_view candidate : known) {
    if (!name.empty() && candidate.starts_with(name) &&
        candidate.substr(name.size()).starts_with('_'))
      return std::string(candidate);
  }
  size_t best = std::max<size_t>(2, name.size() / 3) + 1;
  std::string_view nearest;
  for (std::string_view candidate : known) {
    std::vector<size_t> row(candidate.size() + 1);
    for (size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= name.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j < row.size(); ++j) {
        size_t change = diagonal + (name[i - 1] != candidate[j - 1]);
        diagonal = row[j];
        row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
      }
    }
    if (row.back() < best) {
      best = row.back();
      nearest = candidate;
    }
  }
  return std::string(nearest);
}

}  // namespace og
