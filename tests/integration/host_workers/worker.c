/* SPDX-License-Identifier: Apache-2.0 */
/* worker SEGMENT RATE LIMIT: one of the processes of host_exact_test.py, and what its commands
 * mean. It makes the limiter "calls" of RATE and the concurrency limiter "room" of LIMIT in the
 * segment, says "ready", and answers each line on its standard input with one of its own, until
 * that ends. Times are ns.
 *
 *   hammer MS PAUSE_MS  Asks the limiter for one key, without a rest. "admitted first last
 *                       denied_from denied_to paused": how many passed between the times first and
 *                       last of the limiter's clock, and a span that began and ended with a denial;
 *                       paused is how much of it lay between denials over PAUSE_MS apart, in which
 *                       a bucket may have run over.
 *   calls MS FILE       Enters and exits. "admitted refused lapsed"; FILE has a line a call, two
 *                       times of CLOCK_MONOTONIC between which it held a permit.
 *   enter, exit         Takes a permit and keeps it, gives it back: 1, or 0 where that was refused.
 *   look                "in_flight allowed orphaned", by the nouns.
 *
 * and of host_kinds_test.py, over limiters that they make in the segment:
 *
 *   make NAME OPTION=VALUE...  One of these options: 1.
 *   plan NAME PLAN             Its key has the plan: 1.
 *   spend NAME MS              Asks for its key without a rest: "admitted denied".
 *   turns NAME MS FILE         Reserves one turn after another and gives every third back:
 *                              "reserved refused returned"; FILE has those that it kept, by number.
 *   hold NAME COUNT            Reserves as often, 5 each, and settles none of it: how often it
 * could. settle NAME MS             Reserves 5 and settles it with 0 to 5: "settled refused cost",
 * the last the sum of what it settled with. reserved NAME              "out orphaned": what is
 * reserved, and how often a dead process had. stats NAME                 "allowed denied now", the
 * last by the limiter's clock. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS 1000000

static og_scope *scope;
static og_limiter *limiter;
static og_concurrency *room;
static og_clock *limiters_clock;
static int64_t held;

static int64_t monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 * MS + t.tv_nsec;
}

static void hammer(int64_t duration, int64_t pause) {
  int64_t first = og_clock_now(limiters_clock), now = first, after, admitted = 0;
  int64_t denied_from = 0, denied_to = 0, paused = 0;
  for (; now - first < duration; now = after) {
    const int64_t wait = og_limiter_acquire(limiter, "key", 3, 1);
    after = og_clock_now(limiters_clock);
    if (wait < 0) exit(1);
    admitted += wait == 0;
    if (wait == 0) continue;
    if (denied_from == 0)
      denied_from = after;
    else if (after - denied_to > pause)
      paused += after - denied_to;
    denied_to = now;
  }
  printf("%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", admitted,
         first, now, denied_from, denied_to, paused);
}

/* Every other call sleeps, so that others find the room full on however few processors. */
static int calls(int64_t duration, const char *path) {
  const struct timespec work = {0, MS / 10};
  int64_t admitted = 0, refused = 0, lapsed = 0, began = monotonic();
  FILE *file = fopen(path, "w");
  if (file == NULL) return 0;
  while (monotonic() - began < duration) {
    int64_t from, to, permit = og_concurrency_enter(room);
    if (permit == OG_FULL) {
      ++refused;
      continue;
    }
    from = monotonic();
    if (++admitted % 2 == 0) nanosleep(&work, NULL);
    to = monotonic();
    lapsed += og_concurrency_exit(room, permit) != OG_OK;
    fprintf(file, "%" PRId64 " %" PRId64 "\n", from, to);
  }
  printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", admitted, refused, lapsed);
  return fclose(file) == 0;
}

static struct {
  char name[16];
  og_limiter *limiter;
} made[16];

static og_limiter *named(const char *name) {
  for (size_t i = 0; i < sizeof made / sizeof *made; ++i)
    if (strcmp(made[i].name, name) == 0) return made[i].limiter;
  exit(1);
}

static og_limiter **add(const char *name) {
  size_t i = 0;
  while (made[i].limiter != NULL) ++i;
  snprintf(made[i].name, sizeof made[i].name, "%s", name);
  return &made[i].limiter;
}

static int make(const char *name, char *options) {
  og_config *config = NULL;
  og_error *error = NULL;
  int done;
  if (og_config_create(&config, NULL) != OG_OK) return 0;
  for (char *option = strtok(options, " \n"); option != NULL; option = strtok(NULL, " \n")) {
    char *value = strchr(option, '=');
    *value++ = 0;
    og_config_set(config, option, value);
  }
  done = og_limiter_create_in(scope, name, config, NULL, add(name), &error) == OG_OK;
  if (!done) fprintf(stderr, "%s\n", og_error_message(error));
  og_config_destroy(&config);
  puts("1");
  return done;
}

static void spend(og_limiter *of, int64_t duration) {
  int64_t admitted = 0, denied = 0;
  for (const int64_t began = monotonic(); monotonic() - began < duration;) {
    const int64_t wait = og_limiter_acquire(of, "key", 3, 1);
    if (wait < 0) exit(1);
    admitted += wait == 0;
    denied += wait != 0;
  }
  printf("%" PRId64 " %" PRId64 "\n", admitted, denied);
}

static int turns(og_limiter *of, int64_t duration, const char *path) {
  int64_t reserved = 0, refused = 0, returned = 0, number;
  FILE *file = fopen(path, "w");
  if (file == NULL) return 0;
  for (const int64_t began = monotonic(); monotonic() - began < duration;) {
    const int64_t wait = og_limiter_reserve_slot(of, "key", 3, 1, OG_NEVER, NULL, &number);
    if (wait < 0) exit(1);
    if (wait != 0) {
      ++refused;
    } else if (++reserved % 3 == 0 && og_limiter_cancel_slot(of, "key", 3, 1, number) == 1) {
      ++returned;
    } else {
      fprintf(file, "%" PRId64 "\n", number);
    }
  }
  printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", reserved, refused, returned);
  return fclose(file) == 0;
}

static void hold(og_limiter *of, int64_t count) {
  int64_t could = 0;
  for (int64_t i = 0; i < count; ++i) could += og_limiter_reserve(of, "key", 3, 5, 0) > 0;
  printf("%" PRId64 "\n", could);
}

static void settle(og_limiter *of, int64_t duration) {
  int64_t settled = 0, refused = 0, cost = 0;
  for (const int64_t began = monotonic(); monotonic() - began < duration;) {
    const int64_t reservation = og_limiter_reserve(of, "key", 3, 5, 0);
    if (reservation == OG_DENIED) {
      ++refused;
      continue;
    }
    if (reservation < 0 || og_limiter_settle(of, reservation, settled % 6) != OG_OK) exit(1);
    cost += settled++ % 6;
  }
  printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", settled, refused, cost);
}

static int answer_of_kinds(char *line) {
  char name[16], path[4096];
  int at = 0;
  int64_t duration;
  if (sscanf(line, "make %15s %n", name, &at) == 1) return make(name, line + at);
  if (sscanf(line, "plan %15s %4095s", name, path) == 2) {
    puts("1");
    return og_limiter_set_plan(named(name), "key", 3, path, NULL) == OG_OK;
  }
  if (sscanf(line, "spend %15s %" SCNd64, name, &duration) == 2) {
    spend(named(name), duration * MS);
    return 1;
  }
  if (sscanf(line, "turns %15s %" SCNd64 " %4095[^\n]", name, &duration, path) == 3)
    return turns(named(name), duration * MS, path);
  if (sscanf(line, "hold %15s %" SCNd64, name, &duration) == 2) {
    hold(named(name), duration);
    return 1;
  }
  if (sscanf(line, "settle %15s %" SCNd64, name, &duration) == 2) {
    settle(named(name), duration * MS);
    return 1;
  }
  if (sscanf(line, "reserved %15s", name) == 1) {
    printf("%" PRId64 " %" PRId64 "\n", og_limiter_stat(named(name), OG_LIMITER_RESERVED),
           og_limiter_stat(named(name), OG_LIMITER_ORPHANED));
    return 1;
  }
  if (sscanf(line, "stats %15s", name) != 1) return 0;
  printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", og_limiter_stat(named(name), OG_LIMITER_ALLOWED),
         og_limiter_stat(named(name), OG_LIMITER_DENIED), og_clock_now(limiters_clock));
  return 1;
}

static int answer(char *line) {
  char path[4096];
  int64_t duration, pause;
  if (sscanf(line, "hammer %" SCNd64 " %" SCNd64, &duration, &pause) == 2) {
    hammer(duration * MS, pause * MS);
  } else if (sscanf(line, "calls %" SCNd64 " %4095[^\n]", &duration, path) == 2) {
    return calls(duration * MS, path);
  } else if (strcmp(line, "enter\n") == 0) {
    held = og_concurrency_enter(room);
    printf("%d\n", held > 0);
  } else if (strcmp(line, "exit\n") == 0) {
    printf("%d\n", og_concurrency_exit(room, held) == OG_OK);
  } else if (strcmp(line, "look\n") == 0) {
    printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", og_concurrency_in_flight(room),
           og_limiter_stat(limiter, OG_LIMITER_ALLOWED),
           og_concurrency_stat(room, OG_CONCURRENCY_ORPHANED));
  } else {
    return answer_of_kinds(line);
  }
  return 1;
}

int main(int argc, char **argv) {
  og_config *rate = NULL, *limit = NULL;
  og_error *error = NULL;
  char line[4200];
  if (argc != 4 || og_config_create(&rate, NULL) != OG_OK ||
      og_config_create(&limit, NULL) != OG_OK)
    return 1;
  og_config_set(rate, "rate", argv[2]);
  og_config_set(limit, "limit", argv[3]);
  og_config_set(limit, "permit_ms", "0"); /* a machine that stands still ends no permit */
  if (og_clock_create_system(&limiters_clock, &error) != OG_OK ||
      og_scope_create_host(argv[1], NULL, &scope, &error) != OG_OK ||
      og_limiter_create_in(scope, "calls", rate, limiters_clock, &limiter, &error) != OG_OK ||
      og_concurrency_create_in(scope, "room", limit, NULL, &room, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    return 1;
  }
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (!answer(line)) return 1;
    fflush(stdout);
  }
  for (size_t i = 0; i < sizeof made / sizeof *made; ++i) og_limiter_destroy(&made[i].limiter);
  og_limiter_destroy(&limiter);
  og_concurrency_destroy(&room);
  og_scope_destroy(&scope);
  og_clock_destroy(&limiters_clock);
  og_config_destroy(&rate);
  og_config_destroy(&limit);
  return 0;
}
