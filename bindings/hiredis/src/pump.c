/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "carrier.h"

enum {
  kSecond = 1000000000,
  kLongestWait = kSecond / 4,    /* how long a stop, or another process's death, may go unseen */
  kShortestWait = kSecond / 1000 /* between two looks where nothing was due */
};

/* Commands, and when they were taken: a command that is due is due then. */
struct batch {
  struct batch *next;
  og_text *commands;
  int64_t at;
};

struct og_hiredis_pump {
  struct og_carrier carrier; /* the sender's, where it runs */
  pid_t process;             /* whose the threads are */
  int is_running;            /* atomic, as is_ending */
  int is_ending;
  pthread_t stepper, sender;
  pthread_mutex_t mutex; /* of what follows */
  pthread_cond_t filled;
  struct batch *first, **last;
  int has_stepped; /* the stepper is over */
};

static og_text *taken(og_fleet *fleet) {
  og_text *text = NULL;
  if (og_fleet_take(fleet, &text, NULL) == OG_OK && *og_text_data(text) != '\0') return text;
  og_text_destroy(&text);
  return NULL;
}

static int is_ending(og_hiredis_pump *pump) {
  return __atomic_load_n(&pump->is_ending, __ATOMIC_SEQ_CST);
}

static void hand(og_hiredis_pump *pump, og_text *commands) {
  struct batch *batch = malloc(sizeof *batch);
  if (batch == NULL) { /* they have no reply, then */
    og_text_destroy(&commands);
    return;
  }
  batch->next = NULL;
  batch->commands = commands;
  batch->at = og_carrier_now();
  pthread_mutex_lock(&pump->mutex);
  *pump->last = batch;
  pump->last = &batch->next;
  pthread_cond_signal(&pump->filled);
  pthread_mutex_unlock(&pump->mutex);
}

static void *step(void *context) {
  og_hiredis_pump *pump = context;
  while (!is_ending(pump)) {
    int64_t began = og_carrier_now();
    int32_t is_due = og_fleet_wait_due(pump->carrier.fleet, kLongestWait);
    og_text *commands = is_ending(pump) ? NULL : taken(pump->carrier.fleet);
    if (commands != NULL)
      hand(pump, commands);
    else if (is_due < 0 || og_carrier_now() - began < kShortestWait)
      poll(NULL, 0, kShortestWait / 1000000);
  }
  pthread_mutex_lock(&pump->mutex);
  pump->has_stepped = 1;
  pthread_cond_signal(&pump->filled);
  pthread_mutex_unlock(&pump->mutex);
  return NULL;
}

/* What lay about for half of the timeout, behind a server that was silent, is not sent: nobody
 * waits for its replies. */
static void carry_batches(og_hiredis_pump *pump, struct batch *batch) {
  while (batch != NULL) {
    struct batch *next = batch->next;
    if (og_carrier_now() - batch->at <= pump->carrier.timeout_ns / 2)
      og_carrier_carry(&pump->carrier, og_text_data(batch->commands));
    og_text_destroy(&batch->commands);
    free(batch);
    batch = next;
  }
}

static int carry_due(og_hiredis_pump *pump) {
  og_text *commands = taken(pump->carrier.fleet);
  if (commands == NULL) return 0;
  og_carrier_carry(&pump->carrier, og_text_data(commands));
  og_text_destroy(&commands);
  return 1;
}

static void *send_all(void *context) {
  og_hiredis_pump *pump = context;
  int is_last = 0;
  while (!is_last) {
    struct batch *first;
    pthread_mutex_lock(&pump->mutex);
    while (pump->first == NULL && !pump->has_stepped)
      pthread_cond_wait(&pump->filled, &pump->mutex);
    first = pump->first;
    is_last = pump->has_stepped;
    pump->first = NULL;
    pump->last = &pump->first;
    pthread_mutex_unlock(&pump->mutex);
    carry_batches(pump, first);
    /* What the replies made due, without the way through the other thread. */
    while (!is_ending(pump) && carry_due(pump)) continue;
    if (is_last) carry_due(pump); /* that the machine leaves its fleet, where it does */
  }
  return NULL;
}

/* In a forked child: the threads, and what they were at, are the parent's. */
static void own(og_hiredis_pump *pump) {
  if (pump->process == getpid()) return;
  pump->process = getpid();
  og_carrier_forget(&pump->carrier);
  pthread_mutex_init(&pump->mutex, NULL);
  pthread_cond_init(&pump->filled, NULL);
  pump->first = NULL;
  pump->last = &pump->first;
  __atomic_store_n(&pump->is_running, 0, __ATOMIC_SEQ_CST);
}

og_status og_hiredis_pump_create(og_fleet *fleet, og_hiredis_connect connect, void *user,
                                 int64_t timeout_ns, og_hiredis_pump **out) {
  og_hiredis_pump *pump;
  if (out == NULL) return OG_INVALID_ARGUMENT;
  *out = NULL;
  if (fleet == NULL) return OG_NULL_HANDLE;
  if (connect == NULL || timeout_ns < 0) return OG_INVALID_ARGUMENT;
  pump = calloc(1, sizeof *pump);
  if (pump == NULL) return OG_NO_MEMORY;
  pump->carrier.fleet = fleet;
  pump->carrier.connect = connect;
  pump->carrier.user = user;
  pump->carrier.timeout_ns = timeout_ns == 0 ? kSecond : timeout_ns;
  pump->process = getpid();
  pump->last = &pump->first;
  pthread_mutex_init(&pump->mutex, NULL);
  pthread_cond_init(&pump->filled, NULL);
  *out = pump;
  return OG_OK;
}

void og_hiredis_pump_destroy(og_hiredis_pump **pump) {
  if (pump == NULL || *pump == NULL) return;
  og_hiredis_pump_stop(*pump);
  pthread_mutex_destroy(&(*pump)->mutex);
  pthread_cond_destroy(&(*pump)->filled);
  free(*pump);
  *pump = NULL;
}

/* Their signals are the program's other threads'. */
static int start(pthread_t *thread, void *(*run)(void *), og_hiredis_pump *pump) {
  sigset_t all, before;
  int failed;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  failed = pthread_create(thread, NULL, run, pump);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed;
}

static void end_sender(og_hiredis_pump *pump) {
  pthread_mutex_lock(&pump->mutex);
  pump->has_stepped = 1;
  pthread_cond_signal(&pump->filled);
  pthread_mutex_unlock(&pump->mutex);
  pthread_join(pump->sender, NULL);
}

og_status og_hiredis_pump_start(og_hiredis_pump *pump) {
  if (pump == NULL) return OG_NULL_HANDLE;
  own(pump);
  if (pump->is_running) return OG_OK;
  pump->has_stepped = 0;
  __atomic_store_n(&pump->is_ending, 0, __ATOMIC_SEQ_CST);
  if (start(&pump->sender, send_all, pump) != 0) return OG_NO_MEMORY;
  if (start(&pump->stepper, step, pump) != 0) {
    __atomic_store_n(&pump->is_ending, 1, __ATOMIC_SEQ_CST);
    end_sender(pump);
    return OG_NO_MEMORY;
  }
  __atomic_store_n(&pump->is_running, 1, __ATOMIC_SEQ_CST);
  return OG_OK;
}

og_status og_hiredis_pump_stop(og_hiredis_pump *pump) {
  if (pump == NULL) return OG_NULL_HANDLE;
  own(pump);
  if (pump->is_running) {
    __atomic_store_n(&pump->is_ending, 1, __ATOMIC_SEQ_CST);
    pthread_join(pump->stepper, NULL);
    pthread_join(pump->sender, NULL);
    __atomic_store_n(&pump->is_running, 0, __ATOMIC_SEQ_CST);
  }
  og_carrier_close(&pump->carrier);
  return OG_OK;
}

int32_t og_hiredis_pump_is_running(const og_hiredis_pump *pump) {
  return pump != NULL && pump->process == getpid() &&
         __atomic_load_n(&pump->is_running, __ATOMIC_SEQ_CST);
}

int64_t og_hiredis_pump_step(og_hiredis_pump *pump, int64_t timeout_ns) {
  og_text *commands;
  int64_t count;
  int32_t is_due;
  if (pump == NULL) return OG_NULL_HANDLE;
  own(pump);
  if (pump->is_running) return OG_INVALID_ARGUMENT;
  is_due = og_fleet_wait_due(pump->carrier.fleet, timeout_ns);
  if (is_due < 0) return is_due;
  commands = taken(pump->carrier.fleet);
  if (commands == NULL) return 0;
  count = og_carrier_carry(&pump->carrier, og_text_data(commands));
  og_text_destroy(&commands);
  return count;
}
