// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/host_command.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "bindings/cli/figures.h"
#include "bindings/cli/host_report.h"

namespace og::cli {
namespace {

constexpr std::size_t kHottestShown = 10;
constexpr std::size_t kLongestShown = 256;

// Others wrote it into the segment: as one line that a terminal takes for nothing but text.
std::string text_of(const Json& value) {
  return printable(value.get<std::string>(), kLongestShown);
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return with_commas(static_cast<int64_t>(number)) + " " + (number == 1 ? one : many);
}

// "outgrow_limiter_decisions_total{outcome="allowed"}" of a limiter: decisions allowed.
std::string figure_name(const std::string& series, const std::string& kind) {
  std::string name = series;
  std::string one = kind.ends_with('s') ? kind.substr(0, kind.size() - 1) : kind;
  if (one.starts_with("fleet_")) one.erase(0, one.find('_') + 1);
  if (const std::string own = "outgrow_" + one + "_"; name.starts_with(own))
    name.erase(0, own.size());
  const std::size_t brace = name.find('{');
  std::string labels;
  if (brace != name.npos) {
    labels = name.substr(brace + 1, name.size() - brace - 2);
    name.erase(brace);
  }
  if (name.ends_with("_total")) name.erase(name.size() - 6);
  std::replace(name.begin(), name.end(), '_', ' ');
  for (std::size_t at = 0; (at = labels.find('"', at)) != labels.npos;) {
    const std::size_t end = labels.find('"', at + 1);
    name += " " + labels.substr(at + 1, end - at - 1);
    at = end == labels.npos ? end : end + 1;
  }
  return name;
}

std::string figure(const std::string& series, const Json& value) {
  if (value.is_null()) return "-";  // a gauge that is no number, or infinite
  if (series.substr(0, series.find('{')) == "outgrow_breaker_state") {
    switch (static_cast<int32_t>(value.get<double>())) {
      case OG_BREAKER_CLOSED:
        return "closed";
      case OG_BREAKER_OPEN:
        return "open";
      case OG_BREAKER_HALF_OPEN:
        return "half-open";
      case OG_BREAKER_FORCED_OPEN:
        return "forced open";
      case OG_BREAKER_FORCED_CLOSED:
        return "forced closed";
      default:
        break;  // of a later release
    }
  }
  return value.is_number_integer() ? with_commas(value.get<int64_t>())
                                   : shortest(value.get<double>());
}

void print_figures(const Json& shown, const std::string& kind) {
  std::vector<std::pair<std::string, std::string>> figures;
  std::size_t width = 28;
  for (const auto& [series, value] : shown.items()) {
    figures.emplace_back(printable(figure_name(series, kind), kLongestShown),
                         figure(series, value));
    width = std::max(width, figures.back().first.size());
  }
  for (const auto& [name, value] : figures) {
    std::cout << "  " << std::left << std::setw(static_cast<int>(width)) << name << std::right
              << std::setw(14) << value << "\n";
  }
}

void print_object(const Json& object) {
  const std::string kind = object["kind"];
  std::cout << "\n"
            << kind << " '" << text_of(object["name"]) << "', " << as_bytes(object["bytes"])
            << "\n ";
  for (const auto& [name, value] : object["options"].items()) {
    std::cout << " " << printable(name) << "=" << text_of(value);
  }
  std::cout << "\n";
  if (!object.contains("figures")) {
    if (object.contains("error")) {
      std::cout << "  cannot be counted: " << text_of(object["error"]) << "\n";
    } else {
      std::cout << "  (of a later release: nothing to count)\n";
    }
    return;
  }
  const Json status = object.value("status", Json::object());
  for (const auto& [name, value] : status.items()) {
    if (!value.is_string() || value == "" || name == "fleet") continue;
    std::cout << "  " << std::left << std::setw(10) << printable(name) << std::right
              << text_of(value) << "\n";
  }
  if (object.contains("state")) std::cout << "  " << text_of(object["state"]) << "\n";
  print_figures(object["figures"], kind);
  if (const Json sums = object.value("added_up", Json::object()); !sums.empty()) {
    std::cout << "  of each process, added up\n";
    print_figures(sums, kind);
  }
  std::size_t shown = 0;
  for (const Json& hot : object.value("hottest", Json::array())) {
    if (shown++ == kHottestShown) break;
    std::cout << (shown == 1 ? "  denied most\n" : "") << "    " << std::left << std::setw(26)
              << printable(hot["key"].get<std::string>(), 60) << std::right << std::setw(14)
              << with_commas(hot["denied"]) << "\n";
  }
}

void print_segment(const std::string& name, const Json& segment) {
  const Json& processes = segment["attachments"];
  std::cout << one_line(name) << ": " << as_bytes(segment["bytes"]) << ", "
            << as_bytes(segment["bytes_left"]) << " left, "
            << counted(segment["objects"].size(), "object", "objects") << ", "
            << counted(processes.size(), "process", "processes") << "\n";
  for (const Json& process : processes) {
    std::cout << "  " << std::setw(8) << process["pid"].get<int64_t>() << "  "
              << printable(process["command"].get<std::string>()) << "\n";
  }
  for (const Json& object : segment["objects"]) print_object(object);
}

}  // namespace

Result<void> list_segments(bool as_json) {
  const auto names = ask(og_scope_list);
  if (!names) return tl::unexpected(names.error());
  Json all = Json::array();
  for (const std::string name : *names) {
    auto segment = inspect(name);
    if (!segment) {
      all.push_back({{"name", name}, {"error", segment.error().text}});
      continue;
    }
    all.push_back({{"name", name},
                   {"bytes", (*segment)["bytes"]},
                   {"bytes_left", (*segment)["bytes_left"]},
                   {"objects", (*segment)["objects"].size()},
                   {"processes", (*segment)["attachments"].size()}});
  }
  if (as_json) {
    std::cout << all.dump(2) << "\n";
    return {};
  }
  if (all.empty()) std::cerr << "no segments in shared memory\n";
  for (const Json& segment : all) {
    std::cout << std::left << std::setw(32) << text_of(segment["name"]) << std::right;
    if (segment.contains("error")) {
      std::cout << "  " << text_of(segment["error"]) << "\n";
      continue;
    }
    std::cout << std::setw(10) << as_bytes(segment["bytes"]) << "  "
              << counted(segment["objects"], "object", "objects") << ", "
              << counted(segment["processes"], "process", "processes") << "\n";
  }
  return {};
}

Result<void> show_segment(const std::string& name, bool as_json, bool verify) {
  const auto segment = inspect(name, verify);
  if (!segment) return tl::unexpected(segment.error());
  if (as_json) {
    std::cout << segment->dump(2) << "\n";
  } else {
    print_segment(name, *segment);
  }
  if (!verify) return {};
  const Json& faults = (*segment)["faults"];
  if (!faults.empty()) {
    return fail(one_line(name) + " does not hold together: " + text_of(faults[0]) +
                (faults.size() > 1
                     ? ", and " + counted(faults.size() - 1, "fault", "faults") + " more"
                     : ""));
  }
  if (!as_json) std::cout << "\nsound\n";
  return {};
}

Result<void> remove_segment(const std::string& name) {
  const auto segment = inspect(name);
  og_error* error = nullptr;
  const og_status status = og_scope_remove(name.c_str(), &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  const std::size_t processes = segment ? (*segment)["attachments"].size() : 0;
  std::cout << "removed " << one_line(name);
  if (processes > 0) {
    std::cout << "; " << counted(processes, "process goes", "processes go")
              << " on with what was there, those that come make it anew";
  }
  std::cout << "\n";
  return {};
}

}  // namespace og::cli
