/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for a fleet: gives the commands that a test wants carried, and keeps what comes back. The
 * pump is linked with these functions, and not with the library's. */
#ifndef OUTGROW_TESTS_HIREDIS_SCRIPTED_H
#define OUTGROW_TESTS_HIREDIS_SCRIPTED_H

#include <outgrow/fleet.h>
#include <pthread.h>
#include <time.h>

#include "tests/hiredis/server.h"

enum { kMost = 1000 };

struct og_fleet {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  char due[65536];
  int64_t first, last;
  char *replies[kMost];
  char why[kMost][64];
  int failures, waits;
  int spins; /* it always says that something is due */
};

struct og_text {
  char *data;
};

static inline void fleet_init(og_fleet *fleet) {
  memset(fleet, 0, sizeof *fleet);
  pthread_mutex_init(&fleet->mutex, NULL);
  pthread_cond_init(&fleet->changed, NULL);
}

static inline void fleet_free(og_fleet *fleet) {
  int i;
  for (i = 0; i < kMost; ++i) free(fleet->replies[i]);
}

/* A command of words between bars; its number. */
static inline int64_t fleet_give(og_fleet *fleet, const char *words) {
  char *text, *word, *rest;
  int64_t number;
  int count = 1;
  const char *c;
  for (c = words; *c != '\0'; ++c) count += *c == '|';
  pthread_mutex_lock(&fleet->mutex);
  number = ++fleet->last;
  CHECK(number < kMost);
  if (fleet->due[0] == '\0') fleet->first = number;
  text = strdup(words);
  sprintf(fleet->due + strlen(fleet->due), "*%d\r\n", count);
  for (word = strtok_r(text, "|", &rest); word != NULL; word = strtok_r(NULL, "|", &rest))
    sprintf(fleet->due + strlen(fleet->due), "$%d\r\n%s\r\n", (int)strlen(word), word);
  free(text);
  pthread_cond_broadcast(&fleet->changed);
  pthread_mutex_unlock(&fleet->mutex);
  return number;
}

static inline int fleet_failures(og_fleet *fleet) {
  int count;
  pthread_mutex_lock(&fleet->mutex);
  count = fleet->failures;
  pthread_mutex_unlock(&fleet->mutex);
  return count;
}

static inline int fleet_waits(og_fleet *fleet) {
  int count;
  pthread_mutex_lock(&fleet->mutex);
  count = fleet->waits;
  pthread_mutex_unlock(&fleet->mutex);
  return count;
}

static inline int fleet_is_taken(og_fleet *fleet) {
  int is_taken;
  pthread_mutex_lock(&fleet->mutex);
  is_taken = fleet->due[0] == '\0';
  pthread_mutex_unlock(&fleet->mutex);
  return is_taken;
}

/* The reply, or why the client failed. */
static inline const char *fleet_one(og_fleet *fleet, const char *words) {
  int failures = fleet_failures(fleet);
  int64_t number = fleet_give(fleet, words), end = now_ms() + 10000;
  const char *answer = NULL;
  while (answer == NULL) {
    pthread_mutex_lock(&fleet->mutex);
    answer = fleet->replies[number];
    if (answer == NULL && fleet->failures > failures) answer = fleet->why[fleet->failures - 1];
    pthread_mutex_unlock(&fleet->mutex);
    CHECK(now_ms() < end);
    if (answer == NULL) pause_ms(1);
  }
  return answer;
}

int32_t og_fleet_wait_due(og_fleet *fleet, int64_t timeout_ns) {
  struct timespec end;
  int is_due, waited = 0;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += (time_t)(timeout_ns / 1000000000);
  end.tv_nsec += (long)(timeout_ns % 1000000000);
  if (end.tv_nsec >= 1000000000) {
    end.tv_nsec -= 1000000000;
    ++end.tv_sec;
  }
  pthread_mutex_lock(&fleet->mutex);
  ++fleet->waits;
  while (fleet->due[0] == '\0' && waited == 0 && !fleet->spins)
    waited = pthread_cond_timedwait(&fleet->changed, &fleet->mutex, &end);
  is_due = fleet->spins || fleet->due[0] != '\0';
  pthread_mutex_unlock(&fleet->mutex);
  return is_due;
}

og_status og_fleet_take(og_fleet *fleet, og_text **out, og_error **error) {
  og_text *text = malloc(sizeof *text);
  (void)error;
  pthread_mutex_lock(&fleet->mutex);
  text->data = malloc(strlen(fleet->due) + 32);
  *text->data = '\0';
  if (fleet->due[0] != '\0') sprintf(text->data, ":%" PRId64 "\r\n%s", fleet->first, fleet->due);
  fleet->due[0] = '\0';
  pthread_mutex_unlock(&fleet->mutex);
  *out = text;
  return OG_OK;
}

og_status og_fleet_reply(og_fleet *fleet, int64_t command, const void *reply, int64_t reply_len,
                         og_error **error) {
  (void)error;
  pthread_mutex_lock(&fleet->mutex);
  CHECK(command > 0 && command <= fleet->last && fleet->replies[command] == NULL);
  fleet->replies[command] = strndup(reply, (size_t)reply_len);
  pthread_mutex_unlock(&fleet->mutex);
  return OG_OK;
}

og_status og_fleet_broken(og_fleet *fleet, const char *why, og_error **error) {
  (void)error;
  pthread_mutex_lock(&fleet->mutex);
  snprintf(fleet->why[fleet->failures++], sizeof fleet->why[0], "%s", why);
  pthread_mutex_unlock(&fleet->mutex);
  return OG_OK;
}

const char *og_text_data(const og_text *text) { return text->data; }

void og_text_destroy(og_text **text) {
  if (*text == NULL) return;
  free((*text)->data);
  free(*text);
  *text = NULL;
}

#endif
