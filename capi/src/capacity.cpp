// SPDX-License-Identifier: Apache-2.0
#include "outgrow/capacity.h"

#include <cmath>

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/reconfigure.h"
#include "core/scale/capacity.h"

using namespace og::capi;

struct og_usl {
  og::UslFit fit;
};

struct og_staffing {
  og::Staffing staffing;
  char text[og::Staffing::kTextSize];
};

static_assert(static_cast<int32_t>(og::StaffingBasis::kFormula) == OG_BASIS_FORMULA);
static_assert(static_cast<int32_t>(og::StaffingBasis::kExtrapolated) == OG_BASIS_EXTRAPOLATED);

namespace {

double number_or_status(const og::Result<double>& number) {
  return number ? *number : static_cast<double>(number.error().code);
}

template <class F>
double read_usl(const og_usl* usl, F&& f) {
  return call<double>(usl, [&](const og_usl& u) { return f(u.fit); });
}

template <class R, class F>
R read_staffing(const og_staffing* staffing, F&& f) {
  return call<R>(staffing, [&](const og_staffing& s) { return f(s.staffing); });
}

}  // namespace

og_status og_capacity_create(const og_config* config, og_capacity** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_capacity> {
    auto capacity = og::Capacity::create(config_or_empty(config));
    if (!capacity) return tl::unexpected(std::move(capacity.error()));
    return og_capacity{std::move(*capacity)};
  });
}

void og_capacity_destroy(og_capacity** capacity) { destroy(capacity); }

og_status og_capacity_observe(og_capacity* capacity, double concurrency, double throughput) {
  return call<og_status>(
      capacity, [&](og_capacity& c) { return code(c.capacity->observe(concurrency, throughput)); });
}

og_status og_capacity_observe_utilization(og_capacity* capacity, double rate, double utilization) {
  return call<og_status>(capacity, [&](og_capacity& c) {
    return code(c.capacity->observe_utilization(rate, utilization));
  });
}

og_status og_capacity_fit(const og_capacity* capacity, og_usl** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_usl> {
    if (!capacity) return og::fail(og::Status::kNullHandle, "capacity is NULL");
    return capacity->capacity->fit().map([](const og::UslFit& fit) { return og_usl{fit}; });
  });
}

double og_capacity_throughput(const og_capacity* capacity, double concurrency) {
  return call<double>(capacity, [&](const og_capacity& c) {
    return number_or_status(c.capacity->throughput(concurrency));
  });
}

og_status og_capacity_staff(const og_capacity* capacity, double rate, og_staffing** out,
                            og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_staffing> {
    if (!capacity) return og::fail(og::Status::kNullHandle, "capacity is NULL");
    return capacity->capacity->staff(rate).map([](const og::Staffing& staffing) {
      og_staffing made{staffing, {}};
      staffing.print(made.text);
      return made;
    });
  });
}

double og_capacity_waiting(const og_capacity* capacity, int64_t instances, double rate) {
  return call<double>(capacity, [&](const og_capacity& c) {
    return number_or_status(c.capacity->waiting(instances, rate));
  });
}

double og_capacity_blocking(const og_capacity* capacity, int64_t instances, double rate) {
  return call<double>(capacity, [&](const og_capacity& c) {
    return number_or_status(c.capacity->blocking(instances, rate));
  });
}

og_status og_capacity_reconfigure(og_capacity* capacity, const og_config* config,
                                  og_error** error) {
  return reconfigure(capacity, config, error);
}

void og_usl_destroy(og_usl** usl) { destroy(usl); }

double og_usl_lambda(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.lambda.value; });
}
double og_usl_lambda_low(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.lambda.low; });
}
double og_usl_lambda_high(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.lambda.high; });
}
double og_usl_sigma(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.sigma.value; });
}
double og_usl_sigma_low(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.sigma.low; });
}
double og_usl_sigma_high(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.sigma.high; });
}
double og_usl_kappa(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.kappa.value; });
}
double og_usl_kappa_low(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.kappa.low; });
}
double og_usl_kappa_high(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.kappa.high; });
}
double og_usl_peak(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.peak.value; });
}
double og_usl_peak_low(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.peak.low; });
}
double og_usl_peak_high(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.peak.high; });
}
double og_usl_peak_throughput(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.peak_throughput; });
}
double og_usl_deviation(const og_usl* usl) {
  return read_usl(usl, [](const auto& fit) { return fit.deviation; });
}
int64_t og_usl_samples(const og_usl* usl) {
  return call<int64_t>(usl, [](const og_usl& u) { return u.fit.samples; });
}

void og_staffing_destroy(og_staffing** staffing) { destroy(staffing); }

int64_t og_staffing_instances(const og_staffing* staffing) {
  return read_staffing<int64_t>(staffing, [](const auto& s) { return s.instances; });
}
int64_t og_staffing_working(const og_staffing* staffing) {
  return read_staffing<int64_t>(staffing, [](const auto& s) { return s.working; });
}
double og_staffing_load(const og_staffing* staffing) {
  return read_staffing<double>(staffing, [](const auto& s) { return s.load; });
}
double og_staffing_utilization(const og_staffing* staffing) {
  return read_staffing<double>(staffing, [](const auto& s) { return s.utilization; });
}
double og_staffing_waiting(const og_staffing* staffing) {
  return read_staffing<double>(staffing, [](const auto& s) { return s.waiting; });
}
int32_t og_staffing_basis(const og_staffing* staffing) {
  return read_staffing<int32_t>(staffing, [](const auto& s) { return s.basis; });
}
const char* og_staffing_text(const og_staffing* staffing) { return staffing ? staffing->text : ""; }

og_status og_metrics_add_capacity(og_metrics* metrics, const char* name,
                                  const og_capacity* capacity, og_error** error) {
  return add_metrics(metrics, "capacity", name, capacity, error);
}
