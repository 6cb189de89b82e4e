/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_FLEET_H
#define OUTGROW_FLEET_H

#include <outgrow/clock.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A fleet: what this machine must tell and ask the server that the machines of a fleet share, for a
 * driver to carry.
 *
 * The library opens no socket. A driver runs the commands on the client for Redis or Valkey that
 * the program has, with that one's addresses, passwords and time limits. For ever it calls
 *
 *   wait_due   until something may be due
 *   take       the commands, which are sent as one pipeline
 *   reply      for each of them; or `broken`, where the client failed
 *
 *   - Commands and replies are text in RESP, the servers' protocol (version 2). A driver over a
 *     socket passes them on as they are; one over a client takes the words, and writes its replies
 *     as integers, texts, errors and lists of integers.
 *   - Commands are INFO, EVALSHA and EVAL, each of a script with one key. Scripts ask the server
 *     for its time. An error's first word is its kind, as the server sent it ("NOSCRIPT ...").
 *   - Every process of the machine may run a driver. One of them is the machine's agent, and has
 *     something to take; when it dies another is within a second.
 *   - A reply that comes late counts as lost. No command is sent again: what has no reply may have
 *     been done. A client must not repeat commands by itself.
 *   - A client that hangs holds back nothing but its own machine's news: calls go on with what the
 *     machine was granted, and after `timeout_ms` as `outage` says.
 *
 * Safe from every thread. A forked child is another process: it needs a driver of its own.
 *
 * Options: og_config_describe("fleet").
 */
typedef struct og_fleet og_fleet;

/* Over the scope of this machine's processes, where it keeps what is granted to the machine. The
 * name is the fleet's, the same on all its machines. config and clock may be NULL. A process has a
 * fleet once: where it is made again under its name, it is as it was made first. Without a scope it
 * is OG_INVALID_ARGUMENT. */
OG_API og_status og_fleet_create(const og_config *config, const og_clock *clock, og_fleet **out,
                                 og_error **error);
OG_API og_status og_fleet_create_in(const og_scope *scope, const char *name,
                                    const og_config *config, const og_clock *clock, og_fleet **out,
                                    og_error **error);
OG_API void og_fleet_destroy(og_fleet **fleet);

/*
 * Gives the scope that the fleet's machines share. What is made in it under a name is one for all
 * of them; what cannot lie in it is `OG_UNSUPPORTED`.
 */
OG_API og_status og_fleet_scope(const og_fleet *fleet, og_scope **out, og_error **error);

/*
 * Waits until there may be something to take, or for so long. By a manual clock it does not wait.
 *
 * Returns 1 where there may be something, 0 where there is nothing.
 *
 * C: OG_INTERRUPTED where og_wait_check's check says so.
 */
OG_API int32_t og_fleet_wait_due(og_fleet *fleet, int64_t timeout_ns);

/*
 * Takes the commands that are due, for the server to run in this order. All of it is ASCII.
 *
 * Returns a line with the number of the first command, ":17", and then the commands, each in RESP:
 * the second has the next number. An empty text where there is none.
 */
OG_API og_status og_fleet_take(og_fleet *fleet, og_text **out, og_error **error);

/*
 * Hands over what a command was answered with: one reply, whole. For a command that is not waited
 * for any more it says that the server lives, and nothing else.
 */
OG_API og_status og_fleet_reply(og_fleet *fleet, int64_t command, const void *reply,
                                int64_t reply_len, og_error **error);

/*
 * Says that the client failed: what has no reply gets none. `why` is shown to people, so it must
 * hold neither an address nor a password.
 */
OG_API og_status og_fleet_broken(og_fleet *fleet, const char *why, og_error **error);

/*
 * Has this machine leave its fleet, where this process is its agent: with the next commands that
 * are taken. Others take its share at once, and not after ten seconds.
 */
OG_API og_status og_fleet_leave(og_fleet *fleet);

/*
 * Tells how the fleet is, as this machine knows it, as a JSON object:
 *
 *   {"fleet", "machine", "agent", "state", "why", "server", "advice", "machines", "round_trip_ns",
 *    "sent", "answered", "refused", "not_sent", "unknown", "late", "parted", "scripts_sent",
 *    "servers", "granted", "lost", "granted_apart", "elections"}
 *
 * `agent` is "this process", "another process" or "none". `state` is "new", "asking", "up" or
 * "apart"; `why` says why it is apart; `advice`, what to change of the server, where there is
 * something. `machines` is 0 until the server has told. The counts are of the whole machine, since
 * its segment was made.
 *
 * Returns the JSON text.
 */
OG_API og_status og_fleet_status(const og_fleet *fleet, og_text **out, og_error **error);

/*
 * Tells the command that gives a user of the server what this fleet needs there, and nothing else:
 * "ACL SETUSER ...", in which >PASSWORD stands for a password of yours. A client of a cluster needs
 * +asking, +cluster and +command besides.
 *
 * Returns the command.
 */
OG_API og_status og_fleet_acl(const og_fleet *fleet, const char *user, og_text **out,
                              og_error **error);

#ifdef __cplusplus
}
#endif

#endif
