/* SPDX-License-Identifier: Apache-2.0 */
/* conformance_c [--host] FILE...: replays vectors against the shared library, each in a process of
 * its own; with --host the nouns lie in a segment. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/conformance/driver_c.h"

#define OG_DRIVER(noun) extern const driver driver_##noun;
#include "c_drivers.inc"
#undef OG_DRIVER

static const struct {
  const char *noun;
  const driver *driver;
} kDrivers[] = {
#define OG_DRIVER(noun) {#noun, &driver_##noun},
#include "c_drivers.inc"
#undef OG_DRIVER
};

static const char *g_path = "";
static size_t g_step = 0;
static int g_host = 0;

void fail(const char *format, ...) {
  va_list arguments;
  printf("%s: step %zu: ", g_path, g_step);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n%s: FAILED\n", g_path);
  exit(1);
}

void must(og_status status, og_error **error) {
  if (status != OG_OK) {
    fail("%s (%s)", error && *error ? og_error_message(*error) : "no message",
         og_status_text(status));
  }
}

static int same(json_t *seen, json_t *wanted) {
  if (json_is_object(wanted) && json_is_object(seen)) {
    const char *key;
    json_t *value;
    json_object_foreach(wanted, key, value) {
      json_t *found = json_object_get(seen, key);
      if (!found || !same(found, value)) return 0;
    }
    return 1;
  }
  if (json_is_array(wanted) && json_is_array(seen)) {
    size_t i;
    if (json_array_size(wanted) != json_array_size(seen)) return 0;
    for (i = 0; i < json_array_size(wanted); ++i) {
      if (!same(json_array_get(seen, i), json_array_get(wanted, i))) return 0;
    }
    return 1;
  }
  if (json_is_number(wanted) && json_is_number(seen) &&
      (json_is_real(wanted) || json_is_real(seen))) {
    double a = json_number_value(seen), b = json_number_value(wanted);
    return fabs(a - b) <= 1e-9 * fmax(1.0, fmax(fabs(a), fabs(b)));
  }
  return json_equal(seen, wanted);
}

og_config *config_of(json_t *options) {
  og_config *config = NULL;
  og_error *error = NULL;
  const char *name;
  json_t *value;
  must(og_config_create(&config, &error), &error);
  json_object_foreach(options, name, value) {
    if (json_is_string(value)) {
      must(og_config_set(config, name, json_string_value(value)), NULL);
    } else if (json_is_boolean(value)) {
      must(og_config_set_bool(config, name, json_is_true(value)), NULL);
    } else if (json_is_integer(value)) {
      must(og_config_set_int(config, name, json_integer_value(value)), NULL);
    } else {
      must(og_config_set_double(config, name, json_number_value(value)), NULL);
    }
  }
  return config;
}

const driver *driver_of(const char *noun) {
  size_t i;
  for (i = 0; i < sizeof kDrivers / sizeof *kDrivers; ++i) {
    if (strcmp(kDrivers[i].noun, noun) == 0) return kDrivers[i].driver;
  }
  fail("no driver for noun '%s'", noun);
  return NULL;
}

og_scope *vector_scope = NULL;
const char *vector_name = "vector";

/* A segment of this process's own, of which nothing is left when it ends. */
static og_scope *host_scope(void) {
  og_scope *scope = NULL;
  og_config *config = NULL;
  og_error *error = NULL;
  char name[64];
  snprintf(name, sizeof name, "/outgrow-vector-%d", (int)getpid());
  must(og_config_create(&config, &error), &error);
  must(og_config_scope_size(config, 64 << 20), NULL);
  must(og_scope_create_host(name, config, &scope, &error), &error);
  must(og_scope_remove(name, &error), &error);
  og_config_destroy(&config);
  return scope;
}

static int replay(const char *path) {
  json_error_t parse_error;
  json_t *vector = json_load_file(path, JSON_ALLOW_NUL, &parse_error), *step;
  og_clock *clock = NULL;
  og_config *config;
  const driver *driver;
  void *self;
  og_error *error = NULL;
  int64_t now = 0;
  int passed = 1;
  g_path = path;
  g_step = 0;
  if (!vector) fail("%s", parse_error.text);
  must(og_clock_create_manual(0, &clock, NULL), NULL);
  config = config_of(json_object_get(vector, "config"));
  driver = driver_of(get_text(vector, "noun", ""));
  if (g_host) vector_scope = host_scope();
  self = driver->open(vector, config, clock, &error);
  must(error ? og_error_code(error) : OG_OK, &error);
  if (json_array_size(json_object_get(vector, "steps")) == 0) fail("no steps");
  json_array_foreach(json_object_get(vector, "steps"), g_step, step) {
    int64_t at = json_object_get(step, "at_ms") ? llround(get_number(step, "at_ms", 0) * 1e6)
                                                : get_int(step, "at_ns", now);
    json_t *seen, *wanted = json_object_get(step, "expect");
    if (at > now) must(og_clock_set(clock, at), NULL);
    now = at;
    seen = driver->step(self, step, now);
    if (!wanted || !same(seen, wanted)) {
      char *asked = json_dumps(step, JSON_ENCODE_ANY), *answer = json_dumps(seen, JSON_ENCODE_ANY);
      printf("%s: step %zu %s\n  answered %s\n", path, g_step, asked, answer);
      free(asked);
      free(answer);
      passed = 0;
    }
    json_decref(seen);
  }
  printf("%s: %s\n", path, passed ? "ok" : "FAILED");
  driver->close(self);
  og_scope_destroy(&vector_scope);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  json_decref(vector);
  return passed;
}

int main(int argc, char **argv) {
  int i, status, failed;
  g_host = argc > 1 && strcmp(argv[1], "--host") == 0;
  failed = argc < 2 + g_host;
  if (argc == 2 + g_host) return !replay(argv[1 + g_host]);
  for (i = 1 + g_host; i < argc; ++i) {
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child == 0) exit(!replay(argv[i]));
    failed += child < 0 || waitpid(child, &status, 0) != child || status != 0;
  }
  return failed != 0;
}
