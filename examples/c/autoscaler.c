/* SPDX-License-Identifier: Apache-2.0 */
/* A service whose mornings are busy. The autoscaler learns two weeks of its load, then goes through
 * the next morning minute by minute. The clock is manual, so the morning passes at once; a
 * service passes NULL for the clock. */
#include <math.h>
#include <outgrow.h>
#include <stdio.h>

enum { kMinute = 60, kDay = 86400 };

/* Requests a minute: 1000 by night, rising from 07:00 to 7000 at 10:00, falling from 17:00. */
static double load_at(int64_t second) {
  double hour = (double)(second % kDay) / 3600;
  double rise = fmin(fmax((hour - 7) / 3, 0), 1), fall = fmin(fmax((hour - 17) / 3, 0), 1);
  return 1000 + 6000 * (rise - fall);
}

static int64_t ns(int64_t second) { return second * INT64_C(1000000000); }

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_autoscaler *autoscaler = NULL;
  og_error *error = NULL;
  const int64_t start = 14 * (int64_t)kDay + 7 * 3600; /* 07:00 */
  int64_t second, sequence;

  /* An instance takes ten minutes to start. What runs at the start is asked of who runs it. */
  if (og_clock_create_manual(ns(start), &clock, &error) != OG_OK ||
      og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "predictor", "seasonal") != OG_OK ||
      og_config_set(config, "horizon_ms", "15m") != OG_OK ||
      og_config_set_double(config, "instance_capacity", 1000) != OG_OK ||
      og_config_set_int(config, "min_instances", 2) != OG_OK ||
      og_config_set_int(config, "initial_instances", 2) != OG_OK ||
      og_autoscaler_create(config, clock, &autoscaler, &error) != OG_OK)
    return fail(error);

  for (second = 0; second < start; second += 5 * kMinute) {
    int64_t at = ns(second);
    double load = load_at(second);
    og_autoscaler_learn(autoscaler, &at, &load, 1);
  }

  for (second = start; second < start + 4 * 3600; second += kMinute) {
    double load = load_at(second);
    int32_t count = og_autoscaler_instances(autoscaler);
    og_clock_set(clock, ns(second));
    /* CPU, memory (not measured), requests a minute, response time in ms, errors in per cent */
    og_autoscaler_observe(autoscaler, load / (1000 * count) * 60, NAN, load, 80, 0);
    og_autoscaler_decide(autoscaler);
  }

  for (sequence = og_autoscaler_history_first(autoscaler);
       sequence < og_autoscaler_history_end(autoscaler); ++sequence) {
    og_decision *decision = NULL;
    og_autoscaler_history(autoscaler, sequence, &decision, NULL);
    if (og_decision_action(decision) != OG_SCALE_HOLD) {
      int minute = (int)(og_decision_at(decision) / ns(kMinute) % 1440);
      printf("%02d:%02d %s\n", minute / 60, minute % 60, og_decision_text(decision));
    }
    og_decision_destroy(&decision);
  }

  og_autoscaler_destroy(&autoscaler);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
