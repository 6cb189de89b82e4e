/* SPDX-License-Identifier: Apache-2.0 */
/* Four worker processes, one limit: together they let through what one process would. A real
 * service names its segment once and removes it never; here the name is this run's own. */
#include <outgrow.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a worker does, in this process or another: attach, make the limiter under its name, ask. */
static int worker(const char *segment) {
  og_scope *scope = NULL;
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  og_error *error = NULL;
  int i, admitted = 0;

  if (og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "rate", "10/h") != OG_OK ||
      og_scope_create_host(segment, NULL, &scope, &error) != OG_OK ||
      og_limiter_create_in(scope, "logins", config, NULL, &limiter, &error) != OG_OK) {
    fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
    og_error_destroy(&error);
    return 0;
  }
  for (i = 0; i < 8; ++i) admitted += og_allowed(og_limiter_acquire(limiter, "alice", 5, 1));

  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
  og_config_destroy(&config);
  return admitted;
}

int main(void) {
  char segment[64];
  int i, status, admitted = 0;
  snprintf(segment, sizeof segment, "/outgrow-example-%d", (int)getpid());
  for (i = 0; i < 4; ++i) {
    pid_t child = fork();
    if (child == 0) _exit(worker(segment));
    if (waitpid(child, &status, 0) == child) admitted += WEXITSTATUS(status);
  }
  printf("4 workers asked 8 times each for alice, who may 10 an hour: %d passed\n", admitted);
  og_scope_remove(segment, NULL);
  return 0;
}
