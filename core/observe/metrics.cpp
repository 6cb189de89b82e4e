// SPDX-License-Identifier: Apache-2.0
#include "core/observe/metrics.h"

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
    {.name = "shared_series", .type = OptionType::kInt, .fallback = "512", .min = 1, .max = 65536,
     .unit = "series",
     .doc = "In a scope, series of nouns that are each process's own and are shown added up: room "
            "for so many, 1.5 KB each and 8 bytes a process."},
    {.name = "publish_ms", .type = OptionType::kDuration, .fallback = "1s", .min = 0,
     .max = 86400000, .unit = "ms",
     .doc = "publish adds this process's counts to the others' at most so often.",
     .of_caller = true},
    {.name = "process", .type = OptionType::kString, .fallback = "",
     .doc = "Value of a label process on what is this process's own, which then stays apart from "
            "other processes'; empty: no label.",
     .of_caller = true},
    kOnMismatch,
};
// clang-format on

enum class BucketsPerOctave { k1, k2, k4 };  // each the power of two that it counts

// 1 had the program's own series alone.
constexpr CellSpec kCells{CellKind::kMetrics, {.version = 2}};

}  // namespace

constexpr OptionTable kMetricsOptions{"metrics", kRows};

Result<std::unique_ptr<Metrics>> Metrics::create(const Config& config, const Place& place) {
  auto options = OptionsOf<kMetricsOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  if (auto checked = check_text(options->text("process"), "process"); !checked)
    return tl::unexpected(checked.error());
  const Scope& scope = place.scope();
  Settings settings{.publish_ns = options->duration_ns("publish_ms"),
                    .process = options->text("process")};
  auto memory = place.take(kCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    const auto buckets = agreed.template choice<BucketsPerOctave>("buckets_per_octave");
    settings.buckets_per_octave = 1 << static_cast<int>(buckets);
    settings.series = agreed.integer("series");
    settings.shared_series = agreed.integer("shared_series");
    const uint64_t own = OwnSeries::bytes_for(settings.series);
    if (scope.is_copied_by_fork()) return Scope::Bytes{.own = own};
    const uint64_t sums = ProcessSums::bytes_for(settings.shared_series, scope.attachment_limit());
    return Scope::Bytes{.own = own + sums, .least = own};
  });
  if (!memory) return tl::unexpected(memory.error());
  return std::unique_ptr<Metrics>(new Metrics(settings, std::move(*memory)));
}

Metrics::Metrics(const Settings& settings, CellMemory memory)
    : buckets_per_octave_(settings.buckets_per_octave),
      process_(settings.process),
      in_scope_(!memory.scope().is_copied_by_fork()),
      own_(memory, settings.series) {
  const Scope& scope = memory.scope();
  const uint64_t own = OwnSeries::bytes_for(settings.series);
  const uint64_t sums = ProcessSums::bytes_for(settings.shared_series, scope.attachment_limit());
  if (!in_scope_ || !process_.empty()) return;
  if (memory.bytes() < own + sums) return;  // of a release that had none
  if (scope.is_read_only()) {
    looked_at_.emplace(memory.part(memory.data() + own), settings.shared_series);
    return;
  }
  publisher_ = Publisher::create(sources_, memory.part(memory.data() + own), settings.shared_series,
                                 settings.publish_ns);
}

Metrics::~Metrics() {
  try {
    if (publisher_) publisher_->publish(SeriesTable::Waits::kYes);
  } catch (...) {  // without memory: what was not published yet is lost
  }
}

std::string Metrics::render() const {
  PrometheusText text(buckets_per_octave_, process_);
  if (publisher_)
    publisher_->show(text);
  else
    sources_->collect(text);
  {
    MetricSink::Shared shared(text, in_scope_);
    own_.collect(text);
  }
  text.gauge("outgrow_metrics_left_out", "Series not shown because an equal one was.", {},
             static_cast<double>(text.left_out()));
  return text.text();
}

Status Metrics::publish() {
  if (publisher_) publisher_->publish_when_due();
  return Status::kOk;
}

}  // namespace og
