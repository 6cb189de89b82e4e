// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/candidates.h"

#include <algorithm>
#include <string>

#include "bindings/cli/replay/library_options.h"

namespace og::cli {
namespace {

constexpr int64_t kMostFixed = 12;
constexpr int64_t kFloors = 3;  // values of min_instances

constexpr const char* kCpuUp[] = {"50", "60", "70", "80"};
constexpr const char* kWindow[] = {"300000", "900000", "1800000"};
constexpr const char* kMargin[] = {"1", "1.5", "2", "2.6", "3.2", "4"};
constexpr const char* kHold[] = {"600000", "1200000", "1800000"};

class List {
 public:
  List(const ReplaySettings& settings, const NounOptions& configured)
      : settings_(settings), configured_(configured), all_{configured} {}

  // The configuration with these in the place of its own.
  void add(const NounOptions& changes) {
    NounOptions options = configured_;
    for (const NounOption& change : changes) {
      std::erase_if(options, [&](const NounOption& option) { return option.key == change.key; });
      options.push_back(change);
    }
    all_.push_back(std::move(options));
  }

  double number(const char* key) const {
    return std::stod(option_value(settings_, "autoscaler", key));
  }
  std::vector<NounOptions> take() { return std::move(all_); }

 private:
  const ReplaySettings& settings_;
  const NounOptions& configured_;
  std::vector<NounOptions> all_;
};

}  // namespace

std::vector<NounOptions> candidates(const ReplaySettings& settings, int64_t peak) {
  const NounOptions& configured = settings.nouns.at("autoscaler");
  List list(settings, configured);
  const auto least = static_cast<int64_t>(list.number("min_instances"));
  const auto most = static_cast<int64_t>(list.number("max_instances"));

  const int64_t last = std::clamp(peak, least, most);
  const int64_t step = std::max<int64_t>(1, (last - least + kMostFixed) / kMostFixed);
  for (int64_t n = least; n <= last; n += step) {
    const std::string number = std::to_string(n);
    list.add({{"min_instances", number}, {"max_instances", number}, {"initial_instances", number}});
  }

  const std::vector<std::string> known = option_names("autoscaler");
  const bool has_demand = std::find(known.begin(), known.end(), "demand_margin") != known.end();
  const double cpu_down = list.number("cpu_down");
  for (int64_t floor = least; floor < least + kFloors && floor <= last; ++floor) {
    NounOptions base{{"min_instances", std::to_string(floor)}};
    // A fleet that runs has its least number; one that the configuration begins with stays.
    if (const auto begins = static_cast<int64_t>(list.number("initial_instances"));
        begins > 0 && begins < floor) {
      base.push_back({"initial_instances", std::to_string(floor)});
    }
    const auto with = [&](NounOptions changes) {
      changes.insert(changes.begin(), base.begin(), base.end());
      list.add(changes);
    };
    for (const char* cpu_up : kCpuUp) {
      if (std::stod(cpu_up) <= cpu_down) continue;
      for (const char* window : kWindow) {
        with({{"policy", "proportional"}, {"cpu_up", cpu_up}, {"scale_down_window_ms", window}});
      }
    }
    if (!has_demand) continue;
    for (const char* margin : kMargin) {
      for (const char* hold : kHold) {
        with({{"policy", "demand"}, {"demand_margin", margin}, {"demand_hold_ms", hold}});
      }
    }
  }
  return list.take();
}

}  // namespace og::cli
