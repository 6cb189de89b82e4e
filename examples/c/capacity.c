/* SPDX-License-Identifier: Apache-2.0 */
/* A load test's results say where a service stops to scale; queueing theory, how many instances
 * keep the waits short, also when a zone is lost. */
#include <outgrow.h>
#include <stdio.h>

/* SPEC SDM91 on a Sun SPARCcenter 2000: simulated users, and scripts per hour. */
static const double kUsers[] = {1, 18, 36, 72, 108, 144, 216};
static const double kScripts[] = {64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2};

static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_config *config = NULL;
  og_capacity *capacity = NULL;
  og_usl *law = NULL;
  og_staffing *staffing = NULL;
  og_error *error = NULL;
  size_t i;

  /* A request takes 120 ms of one of an instance's 8 workers; at most 1 in 100 waits 50 ms. */
  if (og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "service_ms", "120ms") != OG_OK ||
      og_config_set_int(config, "workers", 8) != OG_OK ||
      og_config_set(config, "wait_ms", "50ms") != OG_OK ||
      og_config_set_double(config, "wait_percent", 1) != OG_OK ||
      og_capacity_create(config, &capacity, &error) != OG_OK)
    return fail(error);

  for (i = 0; i < sizeof kUsers / sizeof *kUsers; ++i)
    og_capacity_observe(capacity, kUsers[i], kScripts[i]);
  if (og_capacity_fit(capacity, &law, &error) != OG_OK) return fail(error);
  printf("One user gets %.0f; %.1f %% is done one at a time.\n", og_usl_lambda(law),
         100 * og_usl_sigma(law));
  printf("The peak is %.0f at %.0f users (%.0f to %.0f).\n", og_usl_peak_throughput(law),
         og_usl_peak(law), og_usl_peak_low(law), og_usl_peak_high(law));

  if (og_capacity_staff(capacity, 30000, &staffing, &error) != OG_OK) return fail(error);
  printf("%s\n", og_staffing_text(staffing));
  og_staffing_destroy(&staffing);

  /* The same with three zones, of which one may be lost. */
  if (og_config_set_int(config, "zones", 3) != OG_OK ||
      og_capacity_reconfigure(capacity, config, &error) != OG_OK ||
      og_capacity_staff(capacity, 30000, &staffing, &error) != OG_OK)
    return fail(error);
  printf("%s\n", og_staffing_text(staffing));

  og_staffing_destroy(&staffing);
  og_usl_destroy(&law);
  og_capacity_destroy(&capacity);
  og_config_destroy(&config);
  return 0;
}
