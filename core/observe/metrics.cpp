// SPDX-License-Identifier: Apache-2.0
#include "core/observe/metrics.h"

#include <algorithm>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"
#include "core/base/typed_options.h"
#include "core/observe/prometheus_text.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "buckets_per_octave", .type = OptionType::kEnum, .fallback = "1", .choices = "1|2|4",
     .doc = "Histogram buckets shown for each doubling of the latency."},
    {.name = "series", .type = OptionType::kInt, .fallback = "1024", .min = 1, .max = 65536,
     .unit = "series",
     .doc = "The program's own series it has room for, 1.5 KB each once used."},
    kOnMismatch,
};
// clang-format on

enum class BucketsPerOctave { k1, k2, k4 };  // each the power of two that it counts

constexpr CellSpec kCells{CellKind::kMetrics};

}  // namespace

constexpr OptionTable kMetricsOptions{"metrics", kRows};

Result<std::unique_ptr<Metrics>> Metrics::create(const Config& config, const Place& place) {
  auto options = OptionsOf<kMetricsOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  auto buckets = BucketsPerOctave::k1;
  int64_t series = 0;
  auto memory = place.take(kCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    buckets = agreed.template choice<BucketsPerOctave>("buckets_per_octave");
    series = agreed.integer("series");
    return Scope::Bytes{.own = OwnSeries::bytes_for(series)};
  });
  if (!memory) return tl::unexpected(memory.error());
  return std::unique_ptr<Metrics>(
      new Metrics(1 << static_cast<int>(buckets), std::move(*memory), series));
}

Result<void> Metrics::add(std::string_view kind, std::string_view name, Collect collect) {
  if (name.empty()) return fail(Status::kInvalidArgument, "the name is empty", "name");
  if (auto checked = check_text(name, "name"); !checked) return checked;
  ForkLock lock(mutex_);
  const auto [taken, fresh] = names_.emplace(name, kind);
  if (!fresh) {
    return fail(Status::kInvalidArgument,
                "a " + std::string(kind) + " named '" + shown(name, 80) + "' is there already",
                "name");
  }
  try {
    sources_.push_back({std::string(kind), std::string(name), std::move(collect)});
  } catch (...) {
    names_.erase(taken);
    throw;
  }
  return {};
}

int64_t Metrics::remove(std::string_view name) {
  ForkLock lock(mutex_);
  const auto removed = std::erase_if(sources_, [&](auto& s) { return s.name == name; });
  std::erase_if(names_, [&](auto& taken) { return taken.first == name; });
  return static_cast<int64_t>(removed);
}

std::string Metrics::render() const {
  std::vector<Source> sources;
  {
    ForkLock lock(mutex_);
    sources = sources_;
  }
  PrometheusText text(buckets_per_octave_);
  for (const Source& source : sources) {
    MetricSink::Scope named(text, "name", source.name);
    source.collect(text);
  }
  own_.collect(text);
  text.gauge("outgrow_metrics_left_out", "Series not shown because an equal one was.", {},
             static_cast<double>(text.left_out()));
  return text.text();
}

}  // namespace og
