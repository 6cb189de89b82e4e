/* SPDX-License-Identifier: Apache-2.0 */
/* segment_holder NAME [gauge|fleet]: a process with a limiter, a breaker and a set of endpoints in
 * the segment, who denies alice 17 times and bob once; with a gauge also metrics, with one that is
 * no number, and a breaker "pay" of its own that has let one call through; with a fleet instead one
 * "shop" that no driver serves, and a limiter "logins" in it. Holds it until its standard input
 * ends. Of what comes there, each "e" enters the breaker, and each "f" ends a call in it as failed:
 * it answers "permit" or "refused". The first "b" makes a balancer "reads" over two endpoints, and
 * each picks for one key twice: "same" or "other". */
#include <math.h>
#include <outgrow.h>
#include <stdio.h>
#include <string.h>

static og_balancer *reads(og_scope *scope, og_endpoints *endpoints) {
  static og_balancer *made = NULL;
  if (made) return made;
  og_endpoints_put(endpoints, "app-2.internal.example.org:8080", 1, NULL, NULL);
  og_balancer_create_in(scope, "reads", NULL, endpoints, NULL, &made, NULL);
  return made;
}

/* Denies alice 3 times of the 6 that a machine alone has in an hour. */
static int share_limit(const og_scope *scope, const og_config *config, og_fleet **fleet,
                       og_limiter **limiter) {
  static og_scope *shared = NULL;
  int i;
  if (og_fleet_create_in(scope, "shop", NULL, NULL, fleet, NULL) != OG_OK ||
      og_fleet_scope(*fleet, &shared, NULL) != OG_OK ||
      og_limiter_create_in(shared, "logins", config, NULL, limiter, NULL) != OG_OK) {
    return 0;
  }
  og_scope_destroy(&shared);
  for (i = 0; i < 4; ++i) og_limiter_acquire(*limiter, "alice", 5, 1);
  return 1;
}

int main(int argc, char **argv) {
  og_config *config = NULL;
  og_scope *scope = NULL;
  og_limiter *limiter = NULL;
  og_breaker *breaker = NULL;
  og_endpoints *endpoints = NULL;
  og_metrics *metrics = NULL;
  og_breaker *own = NULL;
  og_balancer *balancer = NULL;
  og_fleet *fleet = NULL;
  og_limiter *shared_limiter = NULL;
  int64_t permit;
  int i, asked, first;
  if (argc < 2 || og_config_create(&config, NULL) != OG_OK) return 1;
  og_config_set(config, "rate", "3/h");
  if (og_scope_create_host(argv[1], NULL, &scope, NULL) != OG_OK ||
      og_limiter_create_in(scope, "logins", config, NULL, &limiter, NULL) != OG_OK ||
      og_breaker_create_in(scope, "db", NULL, NULL, &breaker, NULL) != OG_OK ||
      og_endpoints_create_in(scope, "servers", NULL, &endpoints, NULL) != OG_OK ||
      og_endpoints_put(endpoints, "app-1.internal.example.org:8080", 1, NULL, NULL) != 0) {
    return 1;
  }
  for (i = 0; i < 20; ++i) og_limiter_acquire(limiter, "alice", 5, 1);
  for (i = 0; i < 4; ++i) og_limiter_acquire(limiter, "bob", 3, 1);
  if (argc > 2 && strcmp(argv[2], "fleet") == 0) {
    if (!share_limit(scope, config, &fleet, &shared_limiter)) return 1;
  } else if (argc > 2) {
    if (og_metrics_create_in(scope, "own", NULL, &metrics, NULL) != OG_OK) return 1;
    og_metrics_set(metrics, og_metrics_gauge(metrics, "ratio", NULL, NULL, NULL), (double)NAN);
    og_metrics_set(metrics, og_metrics_gauge(metrics, "speed", NULL, NULL, NULL), (double)INFINITY);
    og_metrics_set(metrics, og_metrics_gauge(metrics, "share", NULL, NULL, NULL), 0.25);
    if (og_breaker_create(NULL, NULL, &own, NULL) != OG_OK ||
        og_breaker_exit(own, og_breaker_enter(own), 1) != OG_OK ||
        og_metrics_add_breaker(metrics, "pay", own, NULL) != OG_OK) {
      return 1;
    }
    og_metrics_publish(metrics);
  }
  puts("ready");
  fflush(stdout);
  while ((asked = getchar()) != EOF) {
    if (asked == 'b') {
      balancer = reads(scope, endpoints);
      first = og_balancer_pick(balancer, "key", 3);
      puts(og_balancer_pick(balancer, "key", 3) == first ? "same" : "other");
      fflush(stdout);
    }
    if (asked != 'e' && asked != 'f') continue;
    permit = og_breaker_enter(breaker);
    if (permit > 0) og_breaker_exit(breaker, permit, asked == 'e');
    puts(permit > 0 ? "permit" : "refused");
    fflush(stdout);
  }
  og_balancer_destroy(&balancer);
  og_limiter_destroy(&limiter);
  og_limiter_destroy(&shared_limiter);
  og_fleet_destroy(&fleet);
  og_breaker_destroy(&breaker);
  og_endpoints_destroy(&endpoints);
  og_metrics_destroy(&metrics);
  og_breaker_destroy(&own);
  og_scope_destroy(&scope);
  og_config_destroy(&config);
  return 0;
}
