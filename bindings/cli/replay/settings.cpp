// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/settings.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include "bindings/cli/figures.h"
#include "bindings/cli/nearest.h"
#include "bindings/cli/replay/library_options.h"
#include "bindings/cli/toml_file.h"
#include "core/base/quantity.h"

namespace og::cli {
namespace {

constexpr std::string_view kNounSections[] = {"limiter", "endpoints", "balancer", "breaker",
                                              "cache",   "replicas",  "store",    "autoscaler"};

constexpr std::pair<std::string_view, double ServiceTime::*> kModelKeys[] = {
    {"hit_ms", &ServiceTime::hit_ms},
    {"miss_ms", &ServiceTime::miss_ms},
    {"write_ms", &ServiceTime::write_ms},
    {"denied_ms", &ServiceTime::denied_ms},
    {"per_mib_ms", &ServiceTime::per_mib_ms},
    {"in_flight", &ServiceTime::in_flight},
    {"timeout_ms", &ServiceTime::timeout_ms},
    {"memory_percent", &ServiceTime::memory_percent},
    {"start_ms", &ServiceTime::start_ms},
    {"growth", &ServiceTime::growth},
    {"peak_instances", &ServiceTime::peak_instances},
};

// In the option's own unit: a duration in milliseconds, whatever its text names.
std::optional<double> parse_number(std::string_view text, const OwnOption& row) {
  if (row.unit == "ms") {
    if (const auto ns = parse_duration(text)) return static_cast<double>(*ns) / 1e6;
  } else if (row.whole) {
    if (const auto whole = parse_whole(text)) return static_cast<double>(*whole);
  } else if (const auto number = parse_double(text)) {
    return *number;
  }
  return std::nullopt;
}

class Loader {
 public:
  explicit Loader(ReplaySettings& out) : out_(out) {}

  Result<void> read(const toml::table& file) {
    const auto known = replay_sections();
    for (const auto& [section, node] : file) {
      const std::string_view name = section.str();
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        return unknown("section", name, node, known);
      }
      const toml::table* table = node.as_table();
      if (table == nullptr)
        return wrong(node, std::string(name) + " is a section: [" + std::string(name) + "]");
      for (const auto& [key, value] : *table) {
        if (auto done = read_key(name, key.str(), value); !done) return done;
      }
    }
    return {};
  }

  Result<void> finish() {
    for (const OwnOption& row : own_options()) {
      if (!given_.contains(full_name(row)) && row.max >= row.min) {
        set_number(row, *parse_number(row.fallback, row));
      }
    }
    if (out_.servers.empty()) {
      for (int i = 1; i <= 4; ++i) out_.servers.push_back({"app-" + std::to_string(i), 1});
    }
    if (out_.hash_key.empty()) out_.hash_key = "client";
    if (!weights_.empty()) {
      if (weights_.size() != out_.servers.size()) {
        return wrong_at(weights_line_, "[balancer] weights has " + std::to_string(weights_.size()) +
                                           " numbers for " + std::to_string(out_.servers.size()) +
                                           " servers");
      }
      for (std::size_t i = 0; i < weights_.size(); ++i) out_.servers[i].weight = weights_[i];
    }
    for (const std::string_view section : kNounSections) out_.nouns[std::string(section)];
    for (const NounDefault& row : noun_defaults()) {
      if (row.value.empty()) continue;
      NounOptions& options = out_.nouns[std::string(row.section)];
      const bool given = std::any_of(options.begin(), options.end(), [&](const NounOption& option) {
        return option.key == row.key || (option.line > 0 && option.key == row.unless);
      });
      if (!given) options.push_back({std::string(row.key), std::string(row.value), 0});
    }
    return {};
  }

 private:
  static std::string full_name(const OwnOption& row) {
    return std::string(row.section) + "." + std::string(row.key);
  }

  tl::unexpected<Failure> wrong_at(int64_t line, const std::string& text) const {
    return fail(out_.path + ":" + std::to_string(line) + ": " + text);
  }
  tl::unexpected<Failure> wrong(const toml::node& node, const std::string& text) const {
    return wrong_at(node.source().begin.line, text);
  }
  tl::unexpected<Failure> unknown(const char* what, std::string_view name, const toml::node& node,
                                  const std::vector<std::string_view>& known,
                                  const std::string& where = {}) const {
    return wrong(node, std::string("unknown ") + what + " '" + printable(name) + "'" + where +
                           did_you_mean(name, known));
  }

  Result<void> read_key(std::string_view section, std::string_view key, const toml::node& node) {
    const std::vector<std::string> library = option_names(section);
    std::vector<std::string_view> known(library.begin(), library.end());
    for (const OwnOption& row : own_options()) {
      if (row.section != section) continue;
      if (row.key == key) {
        given_.insert(full_name(row));
        return read_own(row, node);
      }
      known.push_back(row.key);
    }
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return unknown("key", key, node, known, " in [" + std::string(section) + "]");
    }
    auto text = as_text(node);
    if (!text)
      return wrong(node, "[" + std::string(section) + "] " + printable(key) +
                             " must be a number, a text, true or false");
    out_.nouns[std::string(section)].push_back({std::string(key), *text, node.source().begin.line});
    return {};
  }

  Result<void> read_own(const OwnOption& row, const toml::node& node) {
    const std::string at = "[" + std::string(row.section) + "] " + std::string(row.key);
    if (row.key == "servers") {
      auto names = read_names(at, node);
      if (!names) return tl::unexpected(names.error());
      if (names->empty()) return wrong(node, at + " is empty: a balancer needs a server");
      out_.servers.clear();
      for (std::string& name : *names) out_.servers.push_back({std::move(name), 1});
      return {};
    }
    if (row.key == "weights") return read_weights(at, node);
    const auto text = as_text(node);
    if (!text) return wrong(node, at + " must be a single value");
    if (row.key == "title") {
      out_.title = *text;
      return {};
    }
    if (row.key == "hash") {
      if (*text != "client" && *text != "url") return wrong(node, at + " is \"client\" or \"url\"");
      out_.hash_key = *text;
      return {};
    }
    if (*text == "auto" && row.automatic) return {};
    const auto number = parse_number(*text, row);
    if (!number || *number < row.min || *number > row.max) {
      return wrong(node, at + " cannot be '" + printable(*text) + "': use " +
                             (row.whole          ? "a whole number, "
                              : row.unit == "ms" ? "milliseconds or a duration such as 30s, "
                                                 : "") +
                             shortest(row.min) + " to " + shortest(row.max) +
                             (row.unit.empty() ? "" : " " + std::string(row.unit)));
    }
    set_number(row, *number);
    return {};
  }

  Result<std::vector<std::string>> read_names(const std::string& at, const toml::node& node) const {
    const toml::array* array = node.as_array();
    if (array == nullptr || array->size() > 1000)
      return wrong(node, at + " is a list of up to 1000 names");
    std::vector<std::string> names;
    for (const toml::node& item : *array) {
      auto name = item.value_exact<std::string>();
      if (!name || name->empty()) return wrong(item, at + " holds names, such as \"app-1\"");
      if (std::find(names.begin(), names.end(), *name) != names.end()) {
        return wrong(item, at + " names '" + printable(*name) + "' twice");
      }
      names.push_back(std::move(*name));
    }
    return names;
  }

  Result<void> read_weights(const std::string& at, const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return wrong(node, at + " is a list of whole numbers, one a server");
    weights_line_ = node.source().begin.line;
    for (const toml::node& item : *array) {
      const auto weight = item.value_exact<int64_t>();
      if (!weight || *weight < 1 || *weight > 1000)
        return wrong(item, at + " are whole numbers from 1 to 1000");
      weights_.push_back(*weight);
    }
    return {};
  }

  void set_number(const OwnOption& row, double number) {
    for (const auto& [key, member] : kModelKeys) {
      if (key == row.key) out_.service_time.*member = number;
    }
    if (row.key == "worst_clients") out_.worst_clients = static_cast<int64_t>(number);
  }

  ReplaySettings& out_;
  std::set<std::string> given_;
  std::vector<int64_t> weights_;
  int64_t weights_line_ = 0;
};

}  // namespace

std::vector<std::string_view> replay_sections() {
  std::vector<std::string_view> all(std::begin(kNounSections), std::end(kNounSections));
  for (const OwnOption& row : own_options()) {
    if (std::find(all.begin(), all.end(), row.section) == all.end()) all.push_back(row.section);
  }
  return all;
}

std::vector<NamedText> ReplaySettings::in_force() const {
  std::vector<NamedText> all;
  for (const auto& [noun, options] : nouns) {
    for (const NounOption& option : options) all.push_back({noun + "." + option.key, option.value});
  }
  for (const auto& [key, member] : kModelKeys) {
    const double number = service_time.*member;
    all.push_back({"service_time." + std::string(key),
                   number == 0 && key == "growth" ? "auto" : shortest(number)});
  }
  return all;
}

Result<ReplaySettings> ReplaySettings::load(const std::string& path) {
  ReplaySettings settings;
  settings.path = path;
  Loader loader(settings);
  if (!path.empty()) {
    const auto file = read_toml(path);
    if (!file) return tl::unexpected(file.error());
    if (auto done = loader.read(*file); !done) return tl::unexpected(done.error());
  }
  if (auto done = loader.finish(); !done) return tl::unexpected(done.error());
  return settings;
}

}  // namespace og::cli
