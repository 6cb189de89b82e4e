// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/fleet/fleet_status.h"

#include <iomanip>
#include <iostream>

#include "bindings/cli/figures.h"
#include "bindings/cli/host_report.h"
#include "bindings/cli/nearest.h"

namespace og::cli {
namespace {

constexpr std::size_t kLongest = 256;

std::string text_of(const Json& status, const char* name) {
  return printable(status[name].get<std::string>(), kLongest);
}

std::string count_of(const Json& status, const char* name) {
  return with_commas(status[name].get<int64_t>());
}

void line(const char* name, const std::string& text) {
  std::cout << "  " << std::left << std::setw(12) << name << text << "\n" << std::right;
}

void print(const std::string& segment, const Json& fleet) {
  const Json& status = fleet["status"];
  const std::string server = text_of(status, "server"), why = text_of(status, "why");
  std::cout << "fleet '" << text_of(status, "fleet") << "' in " << one_line(segment) << ": "
            << text_of(status, "state") << (why.empty() ? "" : ", " + why)
            << (server.empty() ? "" : ", " + server) << "\n";
  line("agent", text_of(status, "agent"));
  line("machine", text_of(status, "machine"));
  const int64_t machines = status["machines"];
  line("machines", machines == 0 ? "not known yet" : with_commas(machines));
  line("round trip",
       shortest(static_cast<double>(status["round_trip_ns"].get<int64_t>() / 1000) / 1000) + " ms");
  line("commands", count_of(status, "answered") + " answered, " + count_of(status, "refused") +
                       " refused, " + count_of(status, "unknown") + " without an answer, " +
                       count_of(status, "not_sent") + " not sent");
  line("outages", count_of(status, "parted"));
  line("tokens", count_of(status, "granted") + " from the server, " + count_of(status, "lost") +
                     " too late, " + count_of(status, "granted_apart") + " during outages");
  for (const Json& object : fleet["objects"]) {
    line("shares", object["kind"].get<std::string>() + " '" +
                       printable(object["name"].get<std::string>(), kLongest) + "'");
  }
  if (const std::string advice = text_of(status, "advice"); !advice.empty()) line("advice", advice);
}

// "fleet_limiter" 'shop/logins' as limiter 'logins'.
Json objects_of(const std::string& fleet, const Json& objects) {
  constexpr std::string_view kKind = "fleet_";
  Json own = Json::array();
  for (const Json& object : objects) {
    const std::string kind = object["kind"], name = object["name"];
    if (kind.starts_with(kKind) && name.starts_with(fleet + '/')) {
      own.push_back({{"kind", kind.substr(kKind.size())}, {"name", name.substr(fleet.size() + 1)}});
    }
  }
  return own;
}

}  // namespace

Result<void> show_fleets(const std::string& segment, const std::string& fleet, bool as_json) {
  const auto report = inspect(segment);
  if (!report) return tl::unexpected(report.error());
  const Json& objects = (*report)["objects"];
  Json shown = Json::array();
  std::vector<std::string> names;
  for (const Json& object : objects) {
    if (object["kind"] != "fleet") continue;
    const std::string name = object["name"];
    names.push_back(name);
    if (!fleet.empty() && name != fleet) continue;
    if (!object.contains("status")) {
      return fail(one_line(segment) + ": fleet '" + printable(name) +
                  "': " + printable(object.value("error", "its state cannot be read"), kLongest));
    }
    shown.push_back(
        {{"name", name}, {"status", object["status"]}, {"objects", objects_of(name, objects)}});
  }
  if (shown.empty() && !fleet.empty()) {
    const std::vector<std::string_view> known(names.begin(), names.end());
    return fail(one_line(segment) + " has no fleet '" + one_line(fleet) + "'" +
                did_you_mean(fleet, known));
  }
  if (as_json) {
    std::cout << shown.dump(2) << "\n";
    return {};
  }
  if (shown.empty()) std::cerr << "no fleets in " << one_line(segment) << "\n";
  for (const Json& each : shown) print(segment, each);
  return {};
}

}  // namespace og::cli
