/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_HIREDIS_H
#define OUTGROW_HIREDIS_H

#include <outgrow/fleet.h>
#include <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct redisContext;

/*
 * Carries a fleet's commands to Redis or Valkey over hiredis, 0.14 or 1.x: a library of its own,
 * liboutgrow_hiredis, so that liboutgrow needs no hiredis.
 *
 * The program gives a function that connects. So TCP, Unix sockets, TLS (hiredis 1.0 or later),
 * users and passwords are the program's, as is who the primary is, where it asks a Sentinel.
 * hiredis has no client for a cluster.
 *
 * A failure ends nothing: the fleet is told, by its kind alone ("timeout", "Connection refused",
 * "connection closed"), and the pump goes on. Neither addresses nor passwords are in
 * og_fleet_status. A command is sent once. One that has no reply in time gets none, and the
 * connection is made anew.
 *
 * Every process may have a pump. One of a machine's processes is elected and has a connection; the
 * others' pumps wait for their turn.
 *
 * Threads. A pump's functions are called by one thread at a time; og_hiredis_pump_is_running by
 * any.
 *
 * Fork. A forked child has no thread of its parent's pump, and leaves the parent's connection
 * alone: there the pump does not run. og_hiredis_pump_start in the child starts one of the child's
 * own. So does a server that forks workers, in each of them.
 */
typedef struct og_hiredis_pump og_hiredis_pump;

/*
 * Gives a connection that is logged in, as redisConnectWithTimeout makes one; or NULL, or one that
 * has its error. It should take no longer than `timeout`, for connecting and for each reply that it
 * waits for (redisSetTimeout). The pump frees what it gives. It is called in the pump's thread, or
 * in that of og_hiredis_pump_step.
 */
typedef struct redisContext *(*og_hiredis_connect)(void *user, struct timeval timeout);

/*
 * Makes one that does not run. A batch of commands takes `timeout_ns` at most, with the connection
 * that it needs; 0 is for one second. `user` is handed to `connect`. The fleet must outlive the
 * pump.
 */
OG_API og_status og_hiredis_pump_create(og_fleet *fleet, og_hiredis_connect connect, void *user,
                                        int64_t timeout_ns, og_hiredis_pump **out);

/* Stops it, and frees it. */
OG_API void og_hiredis_pump_destroy(og_hiredis_pump **pump);

/*
 * Starts its two threads, in which all signals are blocked; nothing where it runs. One takes
 * commands as they are due, whatever the network does. The other sends them.
 */
OG_API og_status og_hiredis_pump_start(og_hiredis_pump *pump);

/*
 * Ends its threads, and closes the connection. First it sends what is due, such as what
 * og_fleet_leave asked for: with a server that is silent that takes twice the pump's timeout, at
 * most, and a quarter of a second. The machine stays in its fleet, by its other processes. It may
 * be started again.
 */
OG_API og_status og_hiredis_pump_stop(og_hiredis_pump *pump);

/* 1 where its threads run, in this process; else 0. */
OG_API int32_t og_hiredis_pump_is_running(const og_hiredis_pump *pump);

/*
 * Without threads: waits for commands that are due, `timeout_ns` at most, and carries them in this
 * thread. Gives how many they were, or a negative og_status: OG_INVALID_ARGUMENT where it runs,
 * OG_INTERRUPTED where og_wait_check's check says so.
 */
OG_API int64_t og_hiredis_pump_step(og_hiredis_pump *pump, int64_t timeout_ns);

#ifdef __cplusplus
}
#endif

#endif
