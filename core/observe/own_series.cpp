// SPDX-License-Identifier: Apache-2.0
#include "core/observe/own_series.h"

#include <optional>
#include <string>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"

namespace og {
namespace {

// What promtool would say of the family's name, said when the series is made.
Result<void> check_name(OwnSeries::Kind kind, std::string_view name) {
  if (auto checked = check_text(name, "name"); !checked) return checked;
  auto refuse = [&](std::string why) {
    return fail(Status::kInvalidArgument, "metric name '" + shown(name, 80) + "' " + std::move(why),
                "name");
  };
  if (!SeriesTable::is_family(name))
    return refuse("must be letters, digits and '_', and start with no digit");
  if (name.starts_with("outgrow_")) return refuse("starts with 'outgrow_', the library's own");
  bool total = name.ends_with("_total");
  if (kind == OwnSeries::Kind::kCounter && !total)
    return refuse("of a counter must end in '_total'");
  if (kind != OwnSeries::Kind::kCounter && total)
    return refuse("ends in '_total' and is no counter");
  for (std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (name.ends_with(suffix)) return refuse("ends in what the series of a histogram end in");
  }
  return {};
}

}  // namespace

Result<int32_t> OwnSeries::define(Kind kind, std::string_view family, std::string_view help,
                                  std::string_view instance) {
  if (auto checked = check_name(kind, family); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_text(help, "help"); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_text(instance, "instance"); !checked)
    return tl::unexpected(checked.error());
  if (help.empty()) help = family;
  if (SeriesRecord::Names{family, help, instance}.bytes() > SeriesRecord::kMostText) {
    return fail(Status::kInvalidArgument,
                "metric '" + shown(family, 80) + "': its name, help and instance have more than " +
                    std::to_string(SeriesRecord::kMostText) + " bytes together");
  }
  return table_.find_or_make(kind, {family, help, instance});
}

Status OwnSeries::increment(int32_t id, int64_t by) noexcept {
  SeriesRecord* series = table_.find(id, Kind::kCounter);
  if (!series || by < 0) return Status::kInvalidArgument;
  series->add(by);
  return Status::kOk;
}

Status OwnSeries::set(int32_t id, double value) noexcept {
  SeriesRecord* series = table_.find(id, Kind::kGauge);
  if (!series) return Status::kInvalidArgument;
  series->level.store(value, std::memory_order_relaxed);
  return Status::kOk;
}

Status OwnSeries::observe(int32_t id, int64_t ns) noexcept {
  SeriesRecord* series = table_.find(id, Kind::kHistogram);
  if (!series || ns < 0) return Status::kInvalidArgument;
  series->histogram.record(ns);
  return Status::kOk;
}

void OwnSeries::collect(MetricSink& sink) const {
  table_.each(
      [&](int32_t, Kind kind, const SeriesRecord::Names& names, const SeriesRecord& series) {
        const auto [family, help, instance] = names;
        std::optional<MetricSink::Scope> named;
        if (!instance.empty()) named.emplace(sink, "name", instance);
        switch (kind) {
          case Kind::kCounter:
            sink.counter(family, help, {}, series.count.load(std::memory_order_relaxed));
            break;
          case Kind::kGauge:
            sink.gauge(family, help, {}, series.level.load(std::memory_order_relaxed));
            break;
          case Kind::kHistogram:
            sink.histogram(family, help, {}, series.histogram);
            break;
          case Kind::kLevel:
            break;
        }
      });
}

}  // namespace og
