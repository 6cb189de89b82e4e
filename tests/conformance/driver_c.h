/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_TESTS_DRIVER_C_H
#define OUTGROW_TESTS_DRIVER_C_H

#include <jansson.h>
#include <outgrow.h>

/* <noun>_driver.c defines driver_<noun>, made from capi/nouns/<noun>.toml. What step returns is
 * owned by the runner. */
typedef struct driver {
  void *(*open)(json_t *vector, og_config *config, og_clock *clock, og_error **error);
  json_t *(*step)(void *self, json_t *step, int64_t now_ns);
  void (*close)(void *self);
} driver;

og_config *config_of(json_t *options);

/* Where open makes nouns that can lie in a scope, and under which name; NULL: on the heap. */
extern og_scope *vector_scope;
extern const char *vector_name;

/* Answers why and ends the run. */
void fail(const char *format, ...);
/* Ends the run unless status is OG_OK; frees the error. */
void must(og_status status, og_error **error);

/* Members of a step, with a default where the step has none. */
const char *get_text(json_t *step, const char *name, const char *fallback);
int64_t get_len(json_t *step, const char *name); /* of a text, which may hold U+0000; else 0 */
int64_t get_int(json_t *step, const char *name, int64_t fallback);
double get_number(json_t *step, const char *name, double fallback);
int get_bool(json_t *step, const char *name, int fallback);

#endif
