// SPDX-License-Identifier: Apache-2.0
#include "core/scale/capacity.h"

#include <algorithm>
#include <set>

#include "core/base/number_text.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

constexpr double kCapacityYearMs = 31'536'000'000;

// clang-format off: a row an option
constexpr OptionSpec kCapacityRows[] = {
    {.name = "model", .type = OptionType::kEnum, .fallback = "erlang_c",
     .choices = "erlang_c|square_root|utilization|usl",
     .doc = "What says how many instances a rate needs: a queue, its rule of thumb for many servers, "
            "one instance's observed utilization, or the observed scalability.", .changes = true},
    {.name = "service_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0,
     .max = kCapacityYearMs, .unit = "ms",
     .doc = "Queue: the time that an instance works on a request, on average; 0: unknown, and "
            "nothing is answered.", .changes = true},
    {.name = "workers", .type = OptionType::kInt, .fallback = "1", .min = 1, .max = 1e6,
     .unit = "requests",
     .doc = "Queue: requests that one instance works on at once.", .changes = true},
    {.name = "wait_ms", .type = OptionType::kDuration, .fallback = "0", .min = 0,
     .max = kCapacityYearMs, .unit = "ms",
     .doc = "Queue: how long a request may wait before an instance begins it.", .changes = true},
    {.name = "wait_percent", .type = OptionType::kDouble, .fallback = "20", .min = 1e-6, .max = 99,
     .unit = "percent",
     .doc = "Queue: the most requests that may wait longer than wait_ms.", .changes = true},
    {.name = "utilization", .type = OptionType::kDouble, .fallback = "70", .min = 1, .max = 1000,
     .unit = "percent",
     .doc = "Models utilization and usl: the most of what it can that an instance, or all together, "
            "is to do.", .changes = true},
    {.name = "zones", .type = OptionType::kInt, .fallback = "1", .min = 1, .max = 1000,
     .unit = "zones",
     .doc = "Zones over which the instances are spread evenly; of more than one, any one may be lost.",
     .changes = true},
    {.name = "confidence", .type = OptionType::kDouble, .fallback = "95", .min = 50, .max = 99.9,
     .unit = "percent",
     .doc = "Of the fit's intervals.", .changes = true},
    {.name = "samples", .type = OptionType::kInt, .fallback = "1000", .min = 6, .max = 2000,
     .unit = "observations",
     .doc = "Observations of each kind that are kept; the oldest leave."},
};
// clang-format on

bool within(double value, double lowest) {
  return value >= lowest && value <= Capacity::kHighest;  // NaN is not
}

}  // namespace

constexpr OptionTable kCapacityOptions{"capacity", kCapacityRows};

Result<Capacity::Settings> Capacity::read(const Config& config) {
  auto options = OptionsOf<kCapacityOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  return Settings{
      .model = options->choice<StaffingModel>("model"),
      .service_ns = static_cast<double>(options->duration_ns("service_ms")),
      .wait_ns = static_cast<double>(options->duration_ns("wait_ms")),
      .workers = options->integer("workers"),
      .zones = options->integer("zones"),
      .wait_share = options->number("wait_percent") / 100,
      .target = options->number("utilization"),
      .confidence = options->number("confidence") / 100,
      .samples = static_cast<std::size_t>(options->integer("samples")),
      .meaning = options->meaning(),
  };
}

Result<std::unique_ptr<Capacity>> Capacity::create(const Config& config) {
  auto settings = read(config);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  return std::unique_ptr<Capacity>(new Capacity(std::move(*settings)));
}

Result<void> Capacity::reconfigure(const Config& config) {
  ForkLock lock(mutex_);
  auto change = Options::change(kCapacityOptions, settings_.meaning, config);
  if (!change) return tl::unexpected(std::move(change.error()));
  auto settings = read(change->after.to_config());
  if (!settings) return tl::unexpected(std::move(settings.error()));
  settings_ = std::move(*settings);
  fit_.reset();  // its intervals have their confidence
  return {};
}

Status Capacity::observe(double concurrency, double throughput) {
  ForkLock lock(mutex_);
  if (!within(concurrency, 1) || !within(throughput, 0) || throughput == 0) {
    ++rejected_;
    return Status::kInvalidArgument;
  }
  scalability_.add({concurrency, throughput}, settings_.samples);
  fit_.reset();
  return Status::kOk;
}

Status Capacity::observe_utilization(double rate, double utilization) {
  ForkLock lock(mutex_);
  if (!within(rate, 0) || !within(utilization, 0)) {
    ++rejected_;
    return Status::kInvalidArgument;
  }
  utilization_.add({rate, utilization}, settings_.samples);
  return Status::kOk;
}

Result<UslFit> Capacity::fitted() const {
  if (fit_) return *fit_;
  const auto samples = scalability_.kept();
  std::set<double> distinct;
  for (const UslSample& sample : samples) distinct.insert(sample.concurrency);
  if (static_cast<int64_t>(samples.size()) < UslFit::kFewestSamples ||
      static_cast<int64_t>(distinct.size()) < UslFit::kFewestConcurrencies) {
    return fail(Status::kUnsupported,
                "a fit needs 6 observations at 3 concurrencies or more, and has " +
                    std::to_string(samples.size()) + " at " + std::to_string(distinct.size()));
  }
  fit_ = fit_usl(samples, settings_.confidence);
  return *fit_;
}

Result<UslFit> Capacity::fit() {
  ForkLock lock(mutex_);
  return fitted();
}

Result<double> Capacity::throughput(double concurrency) {
  if (!within(concurrency, 1)) {
    return fail(Status::kInvalidArgument,
                "concurrency cannot be " + shortest_number(concurrency) + ": it is 1 to 1e15",
                "concurrency");
  }
  ForkLock lock(mutex_);
  const auto fit = fitted();
  if (!fit) return fail(Status::kNone, fit.error().message);
  return fit->throughput(concurrency);
}

Result<void> Capacity::check_rate(double rate) {
  if (within(rate, 0)) return {};
  return fail(Status::kInvalidArgument,
              "rate cannot be " + shortest_number(rate) + ": a rate is 0 to 1e15", "rate");
}

int64_t Capacity::with_spare(int64_t working) const {
  const int64_t others = settings_.zones - 1;
  return others == 0 ? working : working + (working + others - 1) / others;
}

Result<Staffing> Capacity::staff(double rate) {
  if (auto checked = check_rate(rate); !checked) return tl::unexpected(checked.error());
  ForkLock lock(mutex_);
  auto made = settings_.model == StaffingModel::kUsl           ? by_usl(rate)
              : settings_.model == StaffingModel::kUtilization ? by_utilization(rate)
                                                               : by_queueing(rate);
  if (!made) return made;
  made->model = settings_.model;
  made->rate = rate;
  made->zones = settings_.zones;
  made->wait_ms = settings_.wait_ns / 1e6;
  return made;
}

void Capacity::collect(MetricSink& sink) const {
  ForkLock lock(mutex_);
  constexpr const char* kSamples = "outgrow_capacity_observations";
  constexpr const char* kHelp = "Observations that are kept.";
  sink.gauge(kSamples, kHelp, {{"kind", "scalability"}},
             static_cast<double>(scalability_.kept().size()));
  sink.gauge(kSamples, kHelp, {{"kind", "utilization"}},
             static_cast<double>(utilization_.kept().size()));
  sink.counter("outgrow_capacity_rejected_observations_total",
               "Observations refused for a value that none can have.", {}, rejected_);
  const auto fit = fitted();
  if (!fit) return;
  sink.level("outgrow_capacity_contention", "Sigma of the scalability law.", {}, fit->sigma.value);
  sink.level("outgrow_capacity_coherency", "Kappa of the scalability law.", {}, fit->kappa.value);
  if (fit->peak.value > 0) {
    sink.level("outgrow_capacity_peak_concurrency", "Concurrency of the highest throughput.", {},
               fit->peak.value);
  }
}

}  // namespace og
