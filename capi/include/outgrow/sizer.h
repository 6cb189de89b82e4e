/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_SIZER_H
#define OUTGROW_SIZER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Right-sizing, or vertical scaling: how many cores and how much memory a process or a container is
 * to be given, by what it used. It is told of the use from time to time, once a minute say, and
 * answers as numbers and as the files of a cgroup v2. It sets nothing itself.
 *
 * Policy vpa (the default) is the estimator of Kubernetes' Vertical Pod Autoscaler. What was used
 * goes into histograms of which the older weighs less, half as much each half_life_ms: of CPU each
 * sample, of memory the peak of each memory_interval_ms. Of them it takes three percentiles, the
 * lower bound, the target and the upper bound, and adds margin_percent. While history is short the
 * bounds are wider: the upper one by 1 + 1/confidence, where confidence is in days of samples.
 *
 * Policy autopilot is the cost model of Google's Autopilot (Rzadca et al., EuroSys 2020). Each
 * limit costs overrun_cost times the share of the use above it, underrun_cost times the share below
 * it, and change_cost when it is another one than before; the cheapest is taken at the end of each
 * window_ms. There is one limit: bounds differ from the target only by confidence.
 *
 * Out of memory. A process that was killed for memory never shows how much it needs. `observe_oom`
 * takes it to need oom_ratio times of what it used, or oom_bytes more if that is more.
 *
 * Weekends. Two quiet days make the next working day start too small. weekend_weight below 100 lets
 * Saturdays and Sundays count less.
 *
 * Fork. The child has a copy with all that the parent was told.
 *
 * It lives in this process; there is no form of it in a scope. Times are those of its clock. A
 * manual clock is taken to count from the Unix epoch, for the weekday.
 *
 * Options: og_config_describe("sizer").
 */
typedef struct og_sizer og_sizer;

/* What is to be given: never changes, owned by the caller, any thread. */
typedef struct og_sizing og_sizing;

enum {
  OG_SIZING_OBSERVED = 0,       /* what was used asks for it */
  OG_SIZING_LITTLE_HISTORY = 1, /* the same, of less than one confidence: the bounds are wide */
  OG_SIZING_OUT_OF_MEMORY = 2,  /* the same, and a process was killed within memory_interval_ms */
  OG_SIZING_MINIMUM = 3,        /* a target would be below min_cpu or min_memory */
  OG_SIZING_MAXIMUM = 4         /* a target would be above max_cpu or max_memory */
};

/* config and clock may be NULL. */
OG_API og_status og_sizer_create(const og_config *config, const og_clock *clock, og_sizer **out,
                                 og_error **error);
OG_API void og_sizer_destroy(og_sizer **sizer);

/*
 * Takes how many cores are in use: the CPU time of a while, divided by it. When the value is not
 * allowed, it is an error and nothing is taken.
 *
 * C: `OG_INVALID_ARGUMENT` for a negative value, and for what is no number or above 1e15.
 */
OG_API og_status og_sizer_observe_cpu(og_sizer *sizer, double cores);

/*
 * Takes how much memory is in use. When the value is not allowed, it is an error and nothing is
 * taken.
 *
 * C: `OG_INVALID_ARGUMENT` for a negative value, and for what is no number or above 1e15.
 */
OG_API og_status og_sizer_observe_memory(og_sizer *sizer, double bytes);

/*
 * Takes that the process was killed for memory, as it reached a limit of so many bytes; 0 when the
 * limit is not known, and what was used counts. When the value is not allowed, it is an error and
 * nothing is taken.
 *
 * C: `OG_INVALID_ARGUMENT` for a negative value, and for what is no number or above 1e15.
 */
OG_API og_status og_sizer_observe_oom(og_sizer *sizer, double bytes);

/*
 * Says how much to give.
 *
 * Returns the answer. It is an error while nothing was observed: there is no guess.
 *
 * C: `OG_UNSUPPORTED` while nothing was observed.
 */
OG_API og_status og_sizer_recommend(const og_sizer *sizer, og_sizing **out, og_error **error);

/*
 * Tells all that recommendations go by, as a line of ASCII text: keep it where it outlives the
 * program, written by rename. Another sizer of the same options that is given it recommends as this
 * one would have. A few KiB.
 *
 * Returns the text.
 *
 * C: The text is the caller's to destroy. Any thread.
 */
OG_API og_status og_sizer_save(const og_sizer *sizer, og_text **out, og_error **error);

/*
 * Goes on with what `save` gave, also by another clock: what was used an hour ago by the wall clock
 * was used an hour ago. What another policy, half-life or window had learned is left out.
 *
 * C: `OG_BAD_VALUE`, and nothing is taken, for text that is damaged, cut off or of a later version.
 */
OG_API og_status og_sizer_restore(og_sizer *sizer, const char *state, og_error **error);

/* ---- what is to be given ---- */

OG_API void og_sizing_destroy(og_sizing **sizing);

/*
 * Fewer cores than these are too few.
 *
 * Returns NaN where CPU was never observed.
 */
OG_API double og_sizing_cpu_lower(const og_sizing *sizing);

/*
 * The cores to give.
 *
 * Returns NaN where CPU was never observed.
 */
OG_API double og_sizing_cpu_target(const og_sizing *sizing);

/*
 * More cores than these are wasted.
 *
 * Returns NaN where CPU was never observed.
 */
OG_API double og_sizing_cpu_upper(const og_sizing *sizing);

/*
 * The cores to give while the process starts: startup_boost times the target.
 *
 * Returns NaN where CPU was never observed.
 */
OG_API double og_sizing_cpu_startup(const og_sizing *sizing);

/*
 * Less memory than this is too little, in bytes.
 *
 * Returns NaN where memory was never observed.
 */
OG_API double og_sizing_memory_lower(const og_sizing *sizing);

/*
 * The memory to give, in bytes.
 *
 * Returns NaN where memory was never observed.
 */
OG_API double og_sizing_memory_target(const og_sizing *sizing);

/*
 * More memory than this is wasted, in bytes.
 *
 * Returns NaN where memory was never observed.
 */
OG_API double og_sizing_memory_upper(const og_sizing *sizing);

/*
 * How much history there is, of the resource that has less: in days, unless `confidence_ms` is
 * another time.
 */
OG_API double og_sizing_confidence(const og_sizing *sizing);

/*
 * Why it is this much.
 *
 * Returns one of `OG_SIZING_OBSERVED` to `OG_SIZING_MAXIMUM`.
 */
OG_API int32_t og_sizing_reason(const og_sizing *sizing);

/* The cgroup's cpu.weight: the share of the target among others, as Kubernetes makes it. */
OG_API int64_t og_sizing_cpu_weight(const og_sizing *sizing);

/*
 * The cgroup's cpu.max: the upper bound as microseconds of a period, as "150000 100000"; "max
 * 100000" where CPU was never observed.
 *
 * C: It lives as long as the answer; "" for NULL.
 */
OG_API const char *og_sizing_cpu_max(const og_sizing *sizing);

/*
 * The cgroup's memory.high: the target in bytes, beyond which the kernel reclaims; "max" where
 * memory was never observed.
 *
 * C: It lives as long as the answer; "" for NULL.
 */
OG_API const char *og_sizing_memory_high(const og_sizing *sizing);

/*
 * The cgroup's memory.max: the upper bound in bytes, at which the kernel kills; "max" where memory
 * was never observed.
 *
 * C: It lives as long as the answer; "" for NULL.
 */
OG_API const char *og_sizing_memory_max(const og_sizing *sizing);

/*
 * The answer in one line, as "0.5 cores (0.3 to 0.9), 300 MiB (250 to 400): as was observed".
 *
 * C: It lives as long as the answer; "" for NULL.
 */
OG_API const char *og_sizing_text(const og_sizing *sizing);

#ifdef __cplusplus
}
#endif

#endif
