// SPDX-License-Identifier: Apache-2.0
#include "outgrow/sizer.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "core/scale/sizer.h"

using namespace og::capi;

struct og_sizing {
  og::Sizing sizing;
  char text[og::Sizing::kTextSize];
  char cpu_max[og::Sizing::kFileSize];
  char memory_high[og::Sizing::kFileSize];
  char memory_max[og::Sizing::kFileSize];
};

static_assert(static_cast<int32_t>(og::SizingReason::kObserved) == OG_SIZING_OBSERVED);
static_assert(static_cast<int32_t>(og::SizingReason::kMaximum) == OG_SIZING_MAXIMUM);

namespace {

double read_sizing(const og_sizing* sizing, double (*f)(const og::Sizing&)) {
  return call<double>(sizing, [&](const og_sizing& s) { return f(s.sizing); });
}

og_sizing printed(const og::Sizing& sizing) {
  og_sizing made{sizing, {}, {}, {}, {}};
  sizing.print(made.text);
  sizing.print_cpu_max(made.cpu_max);
  sizing.print_memory_high(made.memory_high);
  sizing.print_memory_max(made.memory_max);
  return made;
}

}  // namespace

og_status og_sizer_create(const og_config* config, const og_clock* clock, og_sizer** out,
                          og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_sizer> {
    auto sizer = og::Sizer::create(config_or_empty(config), clock_or_system(clock));
    if (!sizer) return tl::unexpected(std::move(sizer.error()));
    return og_sizer{std::move(*sizer)};
  });
}

void og_sizer_destroy(og_sizer** sizer) { destroy(sizer); }

og_status og_sizer_observe_cpu(og_sizer* sizer, double cores) {
  return call<og_status>(sizer, [&](og_sizer& s) { return code(s.sizer->observe_cpu(cores)); });
}

og_status og_sizer_observe_memory(og_sizer* sizer, double bytes) {
  return call<og_status>(sizer, [&](og_sizer& s) { return code(s.sizer->observe_memory(bytes)); });
}

og_status og_sizer_observe_oom(og_sizer* sizer, double bytes) {
  return call<og_status>(sizer, [&](og_sizer& s) { return code(s.sizer->observe_oom(bytes)); });
}

og_status og_sizer_recommend(const og_sizer* sizer, og_sizing** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_sizing> {
    if (!sizer) return og::fail(og::Status::kNullHandle, "the sizer is NULL");
    return sizer->sizer->recommend().map(printed);
  });
}

og_status og_sizer_save(const og_sizer* sizer, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!sizer) return og::fail(og::Status::kNullHandle, "the sizer is NULL");
    return og_text{sizer->sizer->save()};
  });
}

og_status og_sizer_restore(og_sizer* sizer, const char* state, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!sizer) return og::fail(og::Status::kNullHandle, "the sizer is NULL");
    if (!state) return og::fail(og::Status::kInvalidArgument, "state is NULL", "state");
    return sizer->sizer->restore(state);
  });
}

void og_sizing_destroy(og_sizing** sizing) { destroy(sizing); }

double og_sizing_cpu_lower(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.cpu.lower; });
}
double og_sizing_cpu_target(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.cpu.target; });
}
double og_sizing_cpu_upper(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.cpu.upper; });
}
double og_sizing_cpu_startup(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.cpu_startup; });
}
double og_sizing_memory_lower(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.memory.lower; });
}
double og_sizing_memory_target(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.memory.target; });
}
double og_sizing_memory_upper(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.memory.upper; });
}
double og_sizing_confidence(const og_sizing* sizing) {
  return read_sizing(sizing, [](const og::Sizing& s) { return s.confidence; });
}
int32_t og_sizing_reason(const og_sizing* sizing) {
  return call<int32_t>(sizing,
                       [](const og_sizing& s) { return static_cast<int32_t>(s.sizing.reason); });
}
int64_t og_sizing_cpu_weight(const og_sizing* sizing) {
  return call<int64_t>(sizing, [](const og_sizing& s) { return s.sizing.cpu_weight(); });
}

const char* og_sizing_cpu_max(const og_sizing* sizing) { return sizing ? sizing->cpu_max : ""; }
const char* og_sizing_memory_high(const og_sizing* sizing) {
  return sizing ? sizing->memory_high : "";
}
const char* og_sizing_memory_max(const og_sizing* sizing) {
  return sizing ? sizing->memory_max : "";
}
const char* og_sizing_text(const og_sizing* sizing) { return sizing ? sizing->text : ""; }

og_status og_metrics_add_sizer(og_metrics* metrics, const char* name, const og_sizer* sizer,
                               og_error** error) {
  return add_metrics(metrics, "sizer", name, sizer, error);
}
