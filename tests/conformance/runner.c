/* SPDX-License-Identifier: Apache-2.0 */
/* conformance_c: the runner over the shared library; replay.py says what a runner is. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/conformance/answers_c.h"

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

enum { kNouns = 16, kScopes = 4 };

static struct {
  og_clock *clock;
  og_scope *scopes[kScopes];
  og_fleet *fleets[kScopes]; /* of machines, whose scopes those are */
  struct {
    json_t *ask; /* that it was made by; NULL: there is none */
    const driver *driver;
    void *self;
  } made[kNouns];
} session;

static void say(json_t *answer) {
  char *line = json_dumps(answer, JSON_ENCODE_ANY | JSON_COMPACT);
  puts(line);
  fflush(stdout);
  free(line);
  json_decref(answer);
}

void fail(const char *format, ...) {
  char why[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why, sizeof why, format, arguments);
  va_end(arguments);
  say(json_pack("{s:s}", "failed", why));
  exit(1);
}

void must(og_status status, og_error **error) {
  if (status != OG_OK) {
    fail("%s (%s)", error && *error ? og_error_message(*error) : "no message",
         og_status_text(status));
  }
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

static const driver *driver_of(const char *noun) {
  size_t i;
  for (i = 0; i < sizeof kDrivers / sizeof *kDrivers; ++i) {
    if (strcmp(kDrivers[i].noun, noun) == 0) return kDrivers[i].driver;
  }
  fail("no driver for noun '%s'", noun);
  return NULL;
}

og_scope *vector_scope = NULL;
const char *vector_name = "";

static json_t *attach(json_t *ask) {
  og_config *config = config_of(json_object_get(ask, "config"));
  og_error *error = NULL;
  char name[64];
  int64_t i;
  snprintf(name, sizeof name, "/outgrow-vector-%d", (int)getpid());
  for (i = 0; i < get_int(ask, "count", 0); ++i) {
    must(og_scope_create_host(name, config, &session.scopes[i], &error), &error);
  }
  must(og_scope_remove(name, &error), &error);
  og_config_destroy(&config);
  return word(OG_OK);
}

static json_t *join(json_t *ask) {
  og_config *config = config_of(json_object_get(ask, "config"));
  og_error *error = NULL;
  og_scope *host = NULL;
  char name[64];
  int64_t i;
  if (get_int(ask, "count", 0) > kScopes) fail("more than %d machines", kScopes);
  for (i = 0; i < get_int(ask, "count", 0); ++i) {
    snprintf(name, sizeof name, "/outgrow-vector-%d-%d", (int)getpid(), (int)i);
    must(og_scope_create_host(name, NULL, &host, &error), &error);
    must(og_scope_remove(name, &error), &error);
    must(og_fleet_create_in(host, "shop", config, session.clock, &session.fleets[i], &error),
         &error);
    must(og_fleet_scope(session.fleets[i], &session.scopes[i], &error), &error);
    og_scope_destroy(&host);
  }
  og_config_destroy(&config);
  return word(OG_OK);
}

/* What is said to a machine's fleet, and what it says. */
static json_t *carry(json_t *ask, const char *what) {
  og_fleet *fleet = session.fleets[get_int(ask, "machine", 0)];
  og_error *error = NULL;
  og_text *text = NULL;
  json_t *said;
  if (strcmp(what, "reply") == 0) {
    must(og_fleet_reply(fleet, get_int(ask, "command", 0), get_text(ask, "reply", ""),
                        get_len(ask, "reply"), &error),
         &error);
    return word(OG_OK);
  }
  if (strcmp(what, "broken") == 0) {
    must(og_fleet_broken(fleet, get_text(ask, "why", ""), &error), &error);
    return word(OG_OK);
  }
  must(og_fleet_take(fleet, &text, &error), &error);
  said = json_stringn(og_text_data(text), (size_t)og_text_size(text));
  og_text_destroy(&text);
  return said;
}

static json_t *make(json_t *ask) {
  og_config *config = config_of(json_object_get(ask, "config"));
  const int64_t scope = get_int(ask, "scope", -1);
  og_error *error = NULL;
  size_t i = 0;
  while (i < kNouns && session.made[i].ask) ++i;
  if (i == kNouns) fail("more than %d nouns", kNouns);
  session.made[i].ask = json_incref(ask); /* its texts are read until the end */
  session.made[i].driver = driver_of(get_text(ask, "noun", ""));
  vector_scope = scope < 0 ? NULL : session.scopes[scope];
  vector_name = get_text(ask, "name", "");
  session.made[i].self = session.made[i].driver->open(ask, config, session.clock, &error);
  og_config_destroy(&config);
  if (!error) return word(OG_OK);
  session.made[i].driver->close(session.made[i].self);
  json_decref(ask);
  session.made[i].ask = NULL;
  return answer_error(error);
}

static json_t *step(json_t *ask) {
  const char *on = get_text(ask, "on", "");
  size_t i;
  for (i = 0; i < kNouns && session.made[i].ask; ++i) {
    if (strcmp(get_text(session.made[i].ask, "as", ""), on) == 0) {
      return session.made[i].driver->step(session.made[i].self, json_object_get(ask, "step"),
                                          get_int(ask, "now", 0));
    }
  }
  fail("no noun '%s'", on);
  return NULL;
}

static json_t *stats(void) {
  const og_scope *first = session.scopes[0];
  return json_pack("{s:I, s:I, s:I}", "objects", (json_int_t)og_scope_stat(first, OG_SCOPE_OBJECTS),
                   "attachments", (json_int_t)og_scope_stat(first, OG_SCOPE_ATTACHMENTS),
                   "differences", (json_int_t)og_scope_stat(first, OG_SCOPE_DIFFERENCES));
}

static json_t *drop(json_t *ask) {
  const char *on = get_text(ask, "on", "");
  size_t i, last;
  for (last = 0; last < kNouns && session.made[last].ask; ++last) {
  }
  for (i = 0; i < last; ++i) {
    if (strcmp(get_text(session.made[i].ask, "as", ""), on) != 0) continue;
    session.made[i].driver->close(session.made[i].self);
    json_decref(session.made[i].ask);
    session.made[i] = session.made[last - 1];
    session.made[last - 1].ask = NULL;
    return word(OG_OK);
  }
  fail("no noun '%s'", on);
  return NULL;
}

static json_t *forget(json_t *ask) {
  og_error *error = NULL;
  og_scope_forget(session.scopes[get_int(ask, "scope", 0)], get_text(ask, "kind", ""),
                  get_text(ask, "name", ""), &error);
  return error ? answer_error(error) : word(OG_OK);
}

static json_t *end(void) {
  size_t i;
  for (i = 0; i < kNouns && session.made[i].ask; ++i) {
    session.made[i].driver->close(session.made[i].self);
    json_decref(session.made[i].ask);
  }
  for (i = 0; i < kScopes; ++i) {
    og_scope_destroy(&session.scopes[i]);
    og_fleet_destroy(&session.fleets[i]);
  }
  og_clock_destroy(&session.clock);
  memset(&session, 0, sizeof session);
  must(og_clock_create_manual(0, &session.clock, NULL), NULL);
  return word(OG_OK);
}

static json_t *answer(json_t *ask) {
  const char *what = get_text(ask, "do", "");
  const int64_t clock = get_int(ask, "clock", -1);
  if (clock >= 0) must(og_clock_set(session.clock, clock), NULL);
  if (strcmp(what, "machines") == 0) return join(ask);
  if (strcmp(what, "take") == 0 || strcmp(what, "reply") == 0 || strcmp(what, "broken") == 0)
    return carry(ask, what);
  if (strcmp(what, "scopes") == 0) return attach(ask);
  if (strcmp(what, "make") == 0) return make(ask);
  if (strcmp(what, "step") == 0) return step(ask);
  if (strcmp(what, "stats") == 0) return stats();
  if (strcmp(what, "drop") == 0) return drop(ask);
  if (strcmp(what, "forget") == 0) return forget(ask);
  return end();
}

int main(void) {
  json_error_t error;
  json_t *ask;
  json_decref(end());
  while ((ask = json_loadf(stdin, JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK, &error))) {
    say(answer(ask));
    json_decref(ask);
  }
  json_decref(end());
  og_clock_destroy(&session.clock);
  return 0;
}
