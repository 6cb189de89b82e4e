// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/autoscale/loop_settings.h"

#include <outgrow.h>

#include <algorithm>
#include <filesystem>

#include "bindings/cli/nearest.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/toml_file.h"
#include "core/base/quantity.h"

namespace og::cli {
namespace {

constexpr std::string_view kSection = "autoscaler";
constexpr std::chrono::milliseconds kShortest{100}, kLongest{3'600'000};

std::vector<std::string> metrics() {
  std::vector<std::string> names;
  for (int32_t i = OG_METRIC_CPU_UTILIZATION; i <= OG_METRIC_ERROR_RATE; ++i)
    names.emplace_back(og_scale_metric_name(i));
  return names;
}

class Reader {
 public:
  Reader(LoopSettings& out, const std::string& path) : out_(out), path_(path) {}

  Result<void> read(const toml::table& file) {
    for (const auto& [key, node] : file) {
      auto done = key.str() == kSection ? read_options(node) : read_key(key.str(), node);
      if (!done) return done;
    }
    if (out_.current.empty()) return needed("current", "prints how many instances are wanted now");
    if (out_.apply.empty() && !out_.dry_run)
      return needed("apply", "makes it $OUTGROW_DESIRED instances, unless dry_run is true");
    return {};
  }

 private:
  tl::unexpected<Failure> wrong(const toml::node& node, const std::string& text) const {
    return fail(path_ + ":" + std::to_string(node.source().begin.line) + ": " + text);
  }
  tl::unexpected<Failure> needed(const char* key, const char* what) const {
    return fail(path_ + ": there is no '" + key + "', a command that " + what);
  }

  Result<void> read_options(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (!table) return wrong(node, "autoscaler is a section: [autoscaler]");
    NounOptions& options = out_.file.nouns[std::string(kSection)];
    for (const auto& [key, value] : *table) {
      const auto text = as_text(value);
      if (!text) {
        return wrong(value, "[autoscaler] " + printable(key.str()) +
                                " must be a number, a text, true or false");
      }
      options.push_back({std::string(key.str()), *text, value.source().begin.line});
    }
    return check_options(out_.file, std::string(kSection), options);
  }

  Result<void> read_key(std::string_view key, const toml::node& node) {
    const std::vector<std::string> names = metrics();
    if (std::find(names.begin(), names.end(), key) != names.end()) {
      out_.sources.push_back({std::string(key), {}});
      return text_of(key, node, out_.sources.back().command);
    }
    if (key == "dry_run") {
      const auto truth = node.value_exact<bool>();
      if (!truth) return wrong(node, "dry_run is true or false");
      out_.dry_run |= *truth;
      return {};
    }
    if (key == "every") return duration_of(key, node, out_.every);
    if (key == "timeout") return duration_of(key, node, out_.timeout);
    constexpr std::pair<std::string_view, std::string LoopSettings::*> kTexts[] = {
        {"name", &LoopSettings::name},   {"current", &LoopSettings::current},
        {"ready", &LoopSettings::ready}, {"apply", &LoopSettings::apply},
        {"state", &LoopSettings::state}, {"textfile", &LoopSettings::textfile}};
    std::vector<std::string_view> known{"dry_run", "every", "timeout", kSection};
    known.insert(known.end(), names.begin(), names.end());
    for (const auto& [name, member] : kTexts) {
      if (name == key) return text_of(key, node, out_.*member);
      known.push_back(name);
    }
    return wrong(node, "unknown key '" + printable(key) + "'" + did_you_mean(key, known));
  }

  Result<void> text_of(std::string_view key, const toml::node& node, std::string& out) const {
    const auto text = node.value_exact<std::string>();
    if (!text || text->empty() || text->find('\0') != text->npos)
      return wrong(node, std::string(key) + " is a text");
    out = *text;
    return {};
  }

  Result<void> duration_of(std::string_view key, const toml::node& node,
                           std::chrono::milliseconds& out) const {
    const auto text = as_text(node);
    const auto ns = parse_duration(text.value_or(""));
    if (ns) out = std::chrono::milliseconds(*ns / 1'000'000);
    if (ns && out >= kShortest && out <= kLongest) return {};
    return wrong(node, std::string(key) + " cannot be '" + printable(text.value_or("")) +
                           "': use a duration such as 15s, 100 ms to 1 h");
  }

  LoopSettings& out_;
  const std::string& path_;
};

}  // namespace

Result<LoopSettings> LoopSettings::load(const std::string& path, bool dry_run) {
  LoopSettings settings;
  settings.file.path = path;
  settings.name = std::filesystem::path(path).stem();
  settings.dry_run = dry_run;
  const auto file = read_toml(path);
  if (!file) return tl::unexpected(file.error());
  if (auto done = Reader(settings, path).read(*file); !done) return tl::unexpected(done.error());
  settings.file.nouns["autoscaler"];  // made, with the defaults where the file has none
  return settings;
}

}  // namespace og::cli
