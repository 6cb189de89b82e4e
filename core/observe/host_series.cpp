// SPDX-License-Identifier: Apache-2.0
#include "core/observe/host_series.h"

#include <optional>

namespace og {
namespace {

bool valid_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return false;
  for (char c : name) {
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

// What promtool would say of the family's name, said when the series is made.
Result<void> check_name(HostSeries::Kind kind, std::string_view name) {
  auto refuse = [&](std::string why) {
    return fail(Status::kInvalidArgument,
                "metric name '" + std::string(name.substr(0, 80)) + "' " + std::move(why));
  };
  if (!valid_name(name)) return refuse("must be letters, digits and '_', and start with no digit");
  if (name.starts_with("outgrow_")) return refuse("starts with 'outgrow_', the library's own");
  bool total = name.ends_with("_total");
  if (kind == HostSeries::Kind::kCounter && !total) return refuse("of a counter must end in '_total'");
  if (kind != HostSeries::Kind::kCounter && total) return refuse("ends in '_total' and is no counter");
  for (std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (name.ends_with(suffix)) return refuse("ends in what the series of a histogram end in");
  }
  return {};
}

}  // namespace

Result<int32_t> HostSeries::define(Kind kind, std::string_view family, std::string_view help,
                                   std::string_view instance) {
  if (auto checked = check_name(kind, family); !checked) return tl::unexpected(checked.error());
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < owned_.size(); ++i) {
    const Series& known = *owned_[i];
    if (known.family != family) continue;
    if (known.kind != kind) {
      return fail(Status::kInvalidArgument,
                  "metric '" + std::string(family) + "' is already of another kind");
    }
    if (known.instance == instance) return static_cast<int32_t>(i);
  }
  if (owned_.size() == kMax) {
    return fail(Status::kFull, "no more than " + std::to_string(kMax) + " series of the host's own");
  }
  auto made = std::make_unique<Series>();
  made->kind = kind;
  made->family = family;
  made->help = help.empty() ? family : help;
  made->instance = instance;
  if (kind == Kind::kHistogram) made->histogram = std::make_unique<Histogram>();
  owned_.push_back(std::move(made));
  by_id_[owned_.size() - 1].store(owned_.back().get(), std::memory_order_release);
  return static_cast<int32_t>(owned_.size() - 1);
}

HostSeries::Series* HostSeries::find(int32_t id, Kind kind) const noexcept {
  if (id < 0 || id >= kMax) return nullptr;
  Series* series = by_id_[static_cast<size_t>(id)].load(std::memory_order_acquire);
  return series && series->kind == kind ? series : nullptr;
}

Status HostSeries::increment(int32_t id, int64_t by) noexcept {
  Series* series = find(id, Kind::kCounter);
  if (!series || by < 0) return Status::kInvalidArgument;
  series->count.fetch_add(by, std::memory_order_relaxed);
  return Status::kOk;
}

Status HostSeries::set(int32_t id, double value) noexcept {
  Series* series = find(id, Kind::kGauge);
  if (!series) return Status::kInvalidArgument;
  series->level.store(value, std::memory_order_relaxed);
  return Status::kOk;
}

Status HostSeries::observe(int32_t id, int64_t ns) noexcept {
  Series* series = find(id, Kind::kHistogram);
  if (!series || ns < 0) return Status::kInvalidArgument;
  series->histogram->record(ns);
  return Status::kOk;
}

void HostSeries::collect(MetricSink& sink) const {
  std::lock_guard lock(mutex_);
  for (const auto& series : owned_) {
    std::optional<MetricSink::Scope> named;
    if (!series->instance.empty()) named.emplace(sink, "name", series->instance);
    switch (series->kind) {
      case Kind::kCounter:
        sink.counter(series->family, series->help, {}, series->count.load(std::memory_order_relaxed));
        break;
      case Kind::kGauge:
        sink.gauge(series->family, series->help, {}, series->level.load(std::memory_order_relaxed));
        break;
      case Kind::kHistogram:
        sink.histogram(series->family, series->help, {}, *series->histogram);
        break;
    }
  }
}

}  // namespace og
