/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static void a_config_is_checked_against_a_noun(void) {
  og_config *config = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, &error), OG_OK);
  CHECK(error == NULL);
  CHECK_EQ(og_config_check(config, "breaker", &error), OG_OK);
  CHECK_EQ(og_config_set(config, "open_ms", "2m"), OG_OK);
  CHECK_EQ(og_config_set_int(config, "failure_threshold", 7), OG_OK);
  CHECK_EQ(og_config_check(config, "breaker", &error), OG_OK);
  CHECK_EQ(og_config_set_double(config, "failure_threshold", 7.5), OG_OK); /* a later set wins */
  CHECK_EQ(og_config_check(config, "breaker", &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "failure_threshold") == 0);
  CHECK(strstr(og_error_message(error), "'7.5'") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_config_set_bool(config, "failure_threshold", 1), OG_OK);
  CHECK_EQ(og_config_check(config, "breaker", NULL), OG_BAD_VALUE);

  CHECK_EQ(og_config_check(config, "braker", &error), OG_INVALID_ARGUMENT);
  CHECK(strstr(og_error_message(error), "did you mean 'breaker'?") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_config_check(config, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_config_check(NULL, "breaker", NULL), OG_OK); /* no config is all defaults */
  CHECK_EQ(og_config_set(config, NULL, "1"), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_config_set(config, "open_ms", NULL), OG_INVALID_ARGUMENT);
  og_config_destroy(&config);
  CHECK(config == NULL);
  og_config_destroy(&config);
}

static void absurd_texts_are_cut_not_copied(void) {
  const int64_t size = 10 * 1024 * 1024;
  char *huge = malloc((size_t)size + 1);
  og_config *config = NULL;
  og_error *error = NULL;
  memset(huge, 'x', (size_t)size);
  huge[size] = 0;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "open_ms", huge), OG_OK);
  CHECK_EQ(og_config_check(config, "breaker", &error), OG_BAD_VALUE);
  CHECK(strlen(og_error_message(error)) < 400);
  og_error_destroy(&error);
  og_config_destroy(&config);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, huge, "1"), OG_OK);
  CHECK_EQ(og_config_check(config, "breaker", &error), OG_UNKNOWN_OPTION);
  CHECK(strlen(og_error_message(error)) < 400);
  og_error_destroy(&error);
  CHECK_EQ(og_config_check(config, huge, &error), OG_INVALID_ARGUMENT);
  CHECK(strlen(og_error_message(error)) < 400);
  og_error_destroy(&error);
  og_config_destroy(&config);
  free(huge);
}

static void the_library_describes_itself(void) {
  og_text *text = NULL;
  CHECK_EQ(og_config_describe("breaker", &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "\"failure_threshold\"") != NULL);
  CHECK_EQ(og_text_size(text), (int64_t)strlen(og_text_data(text)));
  og_text_destroy(&text);
  CHECK(text == NULL);
  CHECK_EQ(og_config_describe(NULL, &text, NULL), OG_OK);
  CHECK(og_text_data(text)[0] == '[');
  og_text_destroy(&text);
  CHECK_EQ(og_config_describe("no such noun", &text, NULL), OG_INVALID_ARGUMENT);
  CHECK(text == NULL);
}

static void statuses_and_version_have_words(void) {
  CHECK(strcmp(og_version(), OG_VERSION) == 0);
  CHECK(strcmp(og_status_text(OG_OK), "ok") == 0);
  CHECK(strcmp(og_status_text(OG_BAD_VALUE), "bad value") == 0);
  CHECK(strcmp(og_status_text(-12345), "unknown status") == 0);
  CHECK_EQ(og_error_code(NULL), OG_OK);
  CHECK(strcmp(og_error_message(NULL), "") == 0);
  CHECK(strcmp(og_error_option(NULL), "") == 0);
}

int main(void) {
  a_config_is_checked_against_a_noun();
  absurd_texts_are_cut_not_copied();
  the_library_describes_itself();
  statuses_and_version_have_words();
  return 0;
}
