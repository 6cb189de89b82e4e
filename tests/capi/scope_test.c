/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <outgrow.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/capi/check.h"

static char g_name[64];

static og_scope *attached(const char *option, const char *value) {
  og_config *config = NULL;
  og_scope *scope = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (option) CHECK_EQ(og_config_set(config, option, value), OG_OK);
  if (og_scope_create_host(g_name, config, &scope, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
  }
  CHECK(scope != NULL);
  og_config_destroy(&config);
  return scope;
}

static og_limiter *limiter_in(og_scope *scope, const char *rate) {
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", rate), OG_OK);
  CHECK_EQ(og_config_set(config, "keys", "16"), OG_OK);
  CHECK_EQ(og_limiter_create_in(scope, "api", config, NULL, &limiter, NULL), OG_OK);
  og_config_destroy(&config);
  return limiter;
}

static void refused(const char *name, const char *option, const char *value, og_status status,
                    const char *culprit, const char *words) {
  og_config *config = NULL;
  og_scope *scope = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (option) CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_scope_create_host(name, config, &scope, &error), status);
  CHECK(scope == NULL);
  if (!strstr(og_error_message(error), words)) fprintf(stderr, "%s\n", og_error_message(error));
  CHECK(strstr(og_error_message(error), words) != NULL);
  CHECK(strcmp(og_error_option(error), culprit) == 0);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void arguments_are_checked(void) {
  og_limiter *limiter = NULL;
  og_text *text = NULL;
  og_scope *scope = attached(NULL, NULL);
  refused(NULL, NULL, NULL, OG_INVALID_ARGUMENT, "", "name is NULL");
  refused("", NULL, NULL, OG_INVALID_ARGUMENT, "name", "is no name");
  refused("checkout", NULL, NULL, OG_INVALID_ARGUMENT, "name",
          "is neither shared memory (/checkout) nor");
  refused("/a\nb", NULL, NULL, OG_INVALID_ARGUMENT, "name", "no printable UTF-8");
  refused("/no/such/folder/x", NULL, NULL, OG_IO, "name", "cannot be opened: No such file");
  refused(g_name, "size", "1", OG_BAD_VALUE, "size", "64 KiB to 1 TiB");
  refused(g_name, "acess", "group", OG_UNKNOWN_OPTION, "acess", "did you mean 'access'?");
  refused(g_name, "access", "all", OG_BAD_VALUE, "access", "owner");
  CHECK_EQ(og_scope_create_host(g_name, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_scope_stat(NULL, OG_SCOPE_BYTES), OG_NULL_HANDLE);
  CHECK_EQ(og_scope_stat(scope, 99), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_BYTES), 16 << 20);
  CHECK_EQ(og_limiter_create_in(scope, NULL, NULL, NULL, &limiter, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_breaker_create_in(scope, NULL, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_scope_inspect(NULL, 0, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_scope_inspect("/outgrow-no-such", 1, &text, NULL), OG_IO);
  CHECK_EQ(og_scope_remove(NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_scope_remove("/outgrow-no-such", NULL), OG_IO);
  og_scope_destroy(&scope);
  og_scope_destroy(&scope);
  og_scope_destroy(NULL);
  CHECK_EQ(og_scope_remove(g_name, NULL), OG_OK);
}

static void not_forgotten(const og_scope *scope, const char *kind, const char *name,
                          og_status status, const char *culprit, const char *words) {
  og_error *error = NULL;
  CHECK_EQ(og_scope_forget(scope, kind, name, &error), status);
  if (!strstr(og_error_message(error), words)) fprintf(stderr, "%s\n", og_error_message(error));
  CHECK(strstr(og_error_message(error), words) != NULL);
  CHECK(strcmp(og_error_option(error), culprit) == 0);
  og_error_destroy(&error);
}

static void what_nobody_uses_is_forgotten(void) {
  og_scope *scope = attached(NULL, NULL);
  og_limiter *limiter = limiter_in(scope, "1/h");
  char words[64];
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  snprintf(words, sizeof words, "'api' is in use by process %d (", (int)getpid());
  not_forgotten(scope, "limiter", "api", OG_INVALID_ARGUMENT, "name", words);
  not_forgotten(scope, "limitter", "api", OG_INVALID_ARGUMENT, "kind", "did you mean 'limiter'?");
  not_forgotten(scope, "cache", "api", OG_INVALID_ARGUMENT, "kind", "no noun 'cache' lies in a");
  not_forgotten(scope, NULL, "api", OG_INVALID_ARGUMENT, "kind", "kind is NULL");
  not_forgotten(scope, "limiter", NULL, OG_INVALID_ARGUMENT, "", "name is NULL");
  CHECK_EQ(og_scope_forget(NULL, "limiter", "api", NULL), OG_NULL_HANDLE);
  og_limiter_destroy(&limiter);
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_OBJECTS), 1);
  CHECK_EQ(og_scope_forget(scope, "limiter", "api", NULL), OG_OK);
  CHECK_EQ(og_scope_forget(scope, "limiter", "api", NULL), OG_OK);
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_OBJECTS), 0);
  limiter = limiter_in(scope, "1/h");
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
  CHECK_EQ(og_scope_remove(g_name, NULL), OG_OK);
}

/* The parent takes the one token, the child finds none; the child's breaker opens the parent's. */
static void processes_share(void) {
  og_scope *scope = attached(NULL, NULL);
  og_limiter *limiter = limiter_in(scope, "1/h");
  og_breaker *breaker = NULL;
  int status, i;
  pid_t child;
  CHECK_EQ(og_breaker_create_in(scope, "db", NULL, NULL, &breaker, NULL), OG_OK);
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_OBJECTS), 2);
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_ATTACHMENTS), 1);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  child = fork();
  if (child == 0) {
    CHECK_EQ(og_scope_stat(scope, OG_SCOPE_ATTACHMENTS), 2);
    CHECK(og_limiter_acquire(limiter, "k", 1, 1) > 0);
    for (i = 0; i < 5; ++i) CHECK_EQ(og_breaker_exit(breaker, og_breaker_enter(breaker), 0), OG_OK);
    _exit(0);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK_EQ(status, 0);
  CHECK_EQ(og_breaker_enter(breaker), OG_REFUSED);
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_ATTACHMENTS), 1);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_DENIED), 1);
  og_scope_destroy(&scope); /* the nouns keep it */
  CHECK(og_limiter_acquire(limiter, "k", 1, 1) > 0);
  og_breaker_destroy(&breaker);
  og_limiter_destroy(&limiter);
  CHECK_EQ(og_scope_remove(g_name, NULL), OG_OK);
}

static int contains(const og_text *text, const char *words) {
  if (strstr(og_text_data(text), words)) return 1;
  fprintf(stderr, "%s\n", og_text_data(text));
  return 0;
}

static void what_lies_there_is_told(void) {
  og_scope *scope = attached("size", "1MiB");
  og_limiter *limiter = limiter_in(scope, "100/s"), *other;
  og_text *text = NULL;
  char words[192];
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  CHECK_EQ(og_scope_differences(scope, &text, NULL), OG_OK);
  CHECK_EQ(og_text_size(text), 0);
  og_text_destroy(&text);
  other = limiter_in(scope, "200/s");
  CHECK_EQ(og_scope_differences(scope, &text, NULL), OG_OK);
  snprintf(words, sizeof words,
           "segment '%s': limiter 'api' is there with rate=100/1s, not with rate=200/1s", g_name);
  CHECK(contains(text, words));
  CHECK_EQ(og_scope_stat(scope, OG_SCOPE_DIFFERENCES), 1);
  og_text_destroy(&text);
  og_limiter_destroy(&other);
  CHECK_EQ(og_scope_list(&text, NULL), OG_OK);
  snprintf(words, sizeof words, "\"%s\"", g_name);
  CHECK(contains(text, words));
  og_text_destroy(&text);
  CHECK_EQ(og_scope_inspect(g_name, 0, &text, NULL), OG_OK);
  snprintf(words, sizeof words, "\"attachments\":[{\"pid\":%d,\"command\":", (int)getpid());
  CHECK(contains(text, words));
  CHECK(contains(text, "\"bytes\":1048576,"));
  CHECK(contains(text, "\"kind\":\"limiter\",\"name\":\"api\""));
  CHECK(contains(text, "\"rate\":\"100/1s\""));
  CHECK(contains(text, "\"outgrow_limiter_keys\":1"));
  CHECK(!strstr(og_text_data(text), "faults"));
  og_text_destroy(&text);
  CHECK_EQ(og_scope_inspect(g_name, 1, &text, NULL), OG_OK);
  CHECK(contains(text, "\"faults\":[]"));
  og_text_destroy(&text);
  CHECK_EQ(og_scope_inspect(g_name, 2, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK(text == NULL);
  CHECK_EQ(og_scope_remove(g_name, NULL), OG_OK);
  CHECK_EQ(og_scope_list(&text, NULL), OG_OK);
  CHECK(!strstr(og_text_data(text), g_name));
  og_text_destroy(&text);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0); /* what is removed is there for its users */
  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
}

static void strangers_files_are_left_alone(void) {
  char path[128];
  og_error *error = NULL;
  int file;
  snprintf(path, sizeof path, "/dev/shm%s-notes", g_name);
  file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
  CHECK(file >= 0);
  CHECK(write(file, "shopping list", 13) == 13);
  close(file);
  refused(path, NULL, NULL, OG_IO, "name", "is no segment of outgrow's");
  CHECK_EQ(og_scope_remove(path, &error), OG_IO);
  CHECK(strstr(og_error_message(error), "is no segment of outgrow's") != NULL);
  og_error_destroy(&error);
  CHECK(access(path, F_OK) == 0);
  CHECK(unlink(path) == 0);
}

static void scope_lies_in_a_file(void) {
  char path[128];
  struct stat status;
  og_scope *scope = NULL;
  og_limiter *limiter;
  snprintf(path, sizeof path, "/tmp%s.segment", g_name);
  CHECK_EQ(og_scope_create_host(path, NULL, &scope, NULL), OG_OK);
  CHECK(stat(path, &status) == 0);
  CHECK_EQ(status.st_mode & 0777, 0600);
  limiter = limiter_in(scope, "1/h");
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
  CHECK_EQ(og_scope_create_host(path, NULL, &scope, NULL), OG_OK);
  limiter = limiter_in(scope, "1/h");
  CHECK(og_limiter_acquire(limiter, "k", 1, 1) > 0); /* attaching resets nothing */
  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
  CHECK_EQ(og_scope_remove(path, NULL), OG_OK);
}

int main(void) {
  snprintf(g_name, sizeof g_name, "/outgrow-scope-test-%d", (int)getpid());
  arguments_are_checked();
  what_nobody_uses_is_forgotten();
  processes_share();
  what_lies_there_is_told();
  strangers_files_are_left_alone();
  scope_lies_in_a_file();
  return 0;
}
