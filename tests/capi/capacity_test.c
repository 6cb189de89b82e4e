/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static og_capacity *made(const char *option, const char *value) {
  og_config *config = NULL;
  og_capacity *capacity = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "service_ms", "1min"), OG_OK);
  if (option) CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_capacity_create(config, &capacity, NULL), OG_OK);
  og_config_destroy(&config);
  return capacity;
}

static void refused(const char *option, const char *value, og_status status, const char *words) {
  og_config *config = NULL;
  og_capacity *capacity = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_capacity_create(config, &capacity, &error), status);
  CHECK(capacity == NULL);
  CHECK(strcmp(og_error_option(error), option) == 0);
  CHECK(strstr(og_error_message(error), words) != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void options_are_checked(void) {
  refused("model", "erlang_a", OG_BAD_VALUE, "erlang_c");
  refused("zones", "0", OG_BAD_VALUE, "zones");
  refused("workers", "0", OG_BAD_VALUE, "workers");
  refused("wait_percent", "100", OG_BAD_VALUE, "99");
  refused("wait_percent", "0", OG_BAD_VALUE, "wait_percent");
  refused("confidence", "100", OG_BAD_VALUE, "99.9");
  refused("samples", "5", OG_BAD_VALUE, "6");
  refused("zone", "3", OG_UNKNOWN_OPTION, "did you mean 'zones'?");
}

/* What is odd is refused by name, with its value. */
static void says(og_capacity *capacity, double rate, og_status status, const char *option,
                 const char *words) {
  og_staffing *staffing = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_capacity_staff(capacity, rate, &staffing, &error), status);
  CHECK(staffing == NULL);
  CHECK(strcmp(og_error_option(error), option) == 0);
  CHECK(strstr(og_error_message(error), words) != NULL);
  og_error_destroy(&error);
}

static void errors_say_why(void) {
  og_capacity *capacity = NULL;
  og_usl *usl = NULL;
  og_error *error = NULL;
  int n;
  CHECK_EQ(og_capacity_create(NULL, &capacity, NULL), OG_OK);
  says(capacity, 1, OG_UNSUPPORTED, "service_ms", "'service_ms' is 0");
  CHECK(og_capacity_waiting(capacity, 1, 1) == OG_UNSUPPORTED);
  CHECK(og_capacity_blocking(capacity, 1, 1) == OG_UNSUPPORTED);
  CHECK_EQ(og_capacity_fit(capacity, &usl, &error), OG_UNSUPPORTED);
  CHECK(strstr(og_error_message(error), "6 observations") != NULL);
  og_error_destroy(&error);
  CHECK(og_capacity_throughput(capacity, 3) == OG_NONE);
  /* Six of one concurrency are none of a curve. */
  for (n = 0; n < 6; ++n) CHECK_EQ(og_capacity_observe(capacity, 2, 10 + n), OG_OK);
  CHECK_EQ(og_capacity_fit(capacity, &usl, &error), OG_UNSUPPORTED);
  CHECK(strstr(og_error_message(error), "6 at 1") != NULL);
  CHECK(usl == NULL);
  og_error_destroy(&error);
  og_capacity_destroy(&capacity);

  capacity = made(NULL, NULL);
  says(capacity, NAN, OG_INVALID_ARGUMENT, "rate", "nan");
  says(capacity, INFINITY, OG_INVALID_ARGUMENT, "rate", "inf");
  says(capacity, 2e6, OG_INVALID_ARGUMENT, "rate", "2e+06");
  og_capacity_destroy(&capacity);

  capacity = made("model", "usl");
  for (n = 1; n <= 8; ++n) {
    CHECK_EQ(og_capacity_observe(capacity, n, 10.0 * n / (1 + 0.04 * n * (n - 1))), OG_OK);
  }
  says(capacity, 1000, OG_UNSUPPORTED, "", "no number of instances carries 1000: ");
  og_capacity_destroy(&capacity);
}

/* Rates that differ by less than a division can say make no line. */
static void rates_next_to_nothing_are_none(void) {
  og_capacity *capacity = made("model", "utilization");
  int n;
  for (n = 0; n < 8; ++n) {
    CHECK_EQ(og_capacity_observe_utilization(capacity, n * 4.9406564584124654e-324, 1e5 * n),
             OG_OK);
  }
  says(capacity, 0, OG_UNSUPPORTED, "", "at one rate");
  says(capacity, 1, OG_UNSUPPORTED, "", "at one rate");
  og_capacity_destroy(&capacity);
  capacity = made("model", "utilization");
  for (n = 1; n < 8; ++n) {
    CHECK_EQ(og_capacity_observe_utilization(capacity, n * 1e-12, n), OG_OK);
  }
  says(capacity, 1e15, OG_UNSUPPORTED, "", "what one carries");
  og_capacity_destroy(&capacity);
}

static void bad_arguments_are_statuses(void) {
  const double odd[] = {NAN, INFINITY, -INFINITY, -1, 1.1e15};
  og_capacity *capacity = made(NULL, NULL);
  og_staffing *staffing = NULL;
  og_usl *usl = NULL;
  size_t i;
  CHECK_EQ(og_capacity_create(NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  for (i = 0; i < sizeof odd / sizeof *odd; ++i) {
    CHECK_EQ(og_capacity_observe(capacity, odd[i], 1), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_capacity_observe(capacity, 1, odd[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_capacity_observe_utilization(capacity, odd[i], 1), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_capacity_observe_utilization(capacity, 1, odd[i]), OG_INVALID_ARGUMENT);
    CHECK(og_capacity_throughput(capacity, odd[i]) == OG_INVALID_ARGUMENT);
    CHECK(og_capacity_waiting(capacity, 1, odd[i]) == OG_INVALID_ARGUMENT);
    CHECK(og_capacity_blocking(capacity, 1, odd[i]) == OG_INVALID_ARGUMENT);
  }
  CHECK(og_capacity_waiting(capacity, INT64_MAX, 1) == OG_INVALID_ARGUMENT);
  CHECK(og_capacity_blocking(capacity, INT64_MIN, 1) == OG_INVALID_ARGUMENT);
  CHECK_EQ(og_capacity_staff(capacity, 1, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_capacity_staff(NULL, 1, &staffing, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_capacity_fit(NULL, &usl, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_capacity_fit(capacity, NULL, NULL), OG_INVALID_ARGUMENT);
  og_capacity_destroy(&capacity);
  CHECK(capacity == NULL);
  og_capacity_destroy(NULL);
  og_usl_destroy(NULL);
  og_staffing_destroy(NULL);
}

/* An answer outlives what gave it. */
static void answers_are_the_callers(void) {
  og_capacity *capacity = made("zones", "2");
  og_config *config = NULL;
  og_staffing *staffing = NULL;
  og_usl *usl = NULL;
  int n;
  for (n = 1; n <= 8; ++n) {
    CHECK_EQ(og_capacity_observe(capacity, n, 10.0 * n / (1 + 0.04 * n * (n - 1))), OG_OK);
    CHECK_EQ(og_capacity_observe_utilization(capacity, 100 * n, 5 + 8 * n), OG_OK);
  }
  CHECK(fabs(og_capacity_throughput(capacity, 5) - 50 / 1.8) < 1e-9);
  CHECK_EQ(og_capacity_fit(capacity, &usl, NULL), OG_OK);
  CHECK_EQ(og_capacity_staff(capacity, 1, &staffing, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "samples", "10"), OG_OK);
  CHECK_EQ(og_capacity_reconfigure(capacity, config, NULL), OG_BAD_VALUE);
  og_config_destroy(&config);
  og_capacity_destroy(&capacity);

  CHECK(fabs(og_usl_lambda(usl) - 10) < 1e-9);
  CHECK(og_usl_lambda_low(usl) <= og_usl_lambda(usl));
  CHECK(og_usl_lambda_high(usl) >= og_usl_lambda(usl));
  CHECK(fabs(og_usl_sigma(usl)) < 1e-9);
  CHECK(og_usl_sigma_low(usl) == 0);
  CHECK(og_usl_sigma_high(usl) >= 0);
  CHECK(fabs(og_usl_kappa(usl) - 0.04) < 1e-9);
  CHECK(og_usl_kappa_low(usl) > 0);
  CHECK(og_usl_kappa_high(usl) > 0);
  CHECK(fabs(og_usl_peak(usl) - 5) < 1e-6);
  CHECK(og_usl_peak_low(usl) > 4);
  CHECK(og_usl_peak_high(usl) < 6);
  CHECK(fabs(og_usl_peak_throughput(usl) - 50 / 1.8) < 1e-6);
  CHECK(og_usl_deviation(usl) < 1e-6);
  CHECK_EQ(og_usl_samples(usl), 8);
  CHECK_EQ(og_staffing_instances(staffing), 6);
  CHECK_EQ(og_staffing_working(staffing), 3);
  CHECK(og_staffing_load(staffing) == 1);
  CHECK(fabs(og_staffing_utilization(staffing) - 100.0 / 3) < 1e-9);
  CHECK(fabs(og_staffing_waiting(staffing) - 100.0 / 11) < 1e-9); /* C(3, 1) = 1/11 */
  CHECK_EQ(og_staffing_basis(staffing), OG_BASIS_FORMULA);
  CHECK(strcmp(og_staffing_text(staffing),
               "6 instances for 1: 3 work when one of 2 zones is lost, 33.3 % utilized, 9.09 % of "
               "the requests wait") == 0);
  CHECK(strcmp(og_staffing_text(NULL), "") == 0);
  og_usl_destroy(&usl);
  og_staffing_destroy(&staffing);
  CHECK(usl == NULL && staffing == NULL);
}

int main(void) {
  options_are_checked();
  errors_say_why();
  rates_next_to_nothing_are_none();
  bad_arguments_are_statuses();
  answers_are_the_callers();
  return 0;
}
