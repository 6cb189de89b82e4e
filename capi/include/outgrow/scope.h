/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_SCOPE_H
#define OUTGROW_SCOPE_H

#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A scope: where the state of a noun lives.
 *
 * A noun that is made without a scope lives on the heap of its process. A host scope is memory that
 * all processes of the machine share, whatever their language. What is made in it under a name
 * (og_limiter_create_in and its kin) is one and the same in each of them: one limit, one breaker,
 * one set of servers, one count.
 *
 * Names. A scope's name is one of POSIX shared memory, a slash and no other ("/checkout"), or the
 * path of a file on a local file system ("/run/app/outgrow.segment"). A relative path is relative
 * to the working folder. A name without a slash, or with what is no printable UTF-8, is
 * OG_INVALID_ARGUMENT wherever a name is given. Containers share a scope by sharing /dev/shm
 * (--ipc) or by mounting the file. Its users must have one user id, or one group with access=group.
 *
 *   - The first process to come makes the segment, of `size` bytes for good. Attaching resets
 *     nothing. A segment that an earlier boot left is made anew. A file that is no segment, is
 *     damaged or has another layout is refused.
 *   - An object's name is of one kind. The first process to come makes the object with its options.
 *     A later one that asks for other options is given the object as it is, and the scope tells of
 *     it (og_scope_differences). With the option on_mismatch=replace the object gets the options
 *     that it asks for, for all who share it. With on_mismatch=refuse it is OG_BAD_VALUE, with the
 *     option that differs and the command that changes it. Options are compared by what they mean,
 *     not by how they are written. Those that a process has for itself alone (max_memory,
 *     on_mismatch) are not compared. An object stays until it is forgotten (og_scope_forget) or the
 *     segment is removed.
 *   - The options of an object change while it is in use: by the reconfigure of its noun, by
 *     on_mismatch=replace, and by `outgrow host set`. All processes follow with their next call. An
 *     option that cannot change while the object is in use (og_config_describe has those that can)
 *     stays: on_mismatch=replace is OG_BAD_VALUE then.
 *   - An object that nobody uses takes the options of the first who asks for it, whatever
 *     on_mismatch says. Its state stays where its options can change into those; where not, it is
 *     made anew. A process uses an object while it has a noun over it that is not destroyed.
 *   - Two releases of the library can share a segment. An option that one of them does not have
 *     counts as left out. What an object keeps has a version. A release that cannot use it is
 *     refused (OG_IO) while others do, and else makes it anew.
 *   - A process may die at any instruction, by SIGKILL too. What it held (permits, calls in flight)
 *     is taken back once the kernel says that it is gone.
 *   - A forked child is attached as a process of its own. Where no attachment is left for it, it is
 *     given nothing that would have to be taken back from it (concurrency.h). After exec nothing is
 *     attached.
 *   - A program may close the segment's descriptor, as daemons close all: it stays attached.
 *   - All processes that share a scope must read the same clock. The system's, the default, counts
 *     from boot, is not set, and stands while the machine is suspended. A process of another time
 *     namespace than that of the process that made the segment is refused (OG_IO).
 *   - A segment is trusted to be no larger than it says, and nothing more. Bytes that are written
 *     over it can spoil what is counted, not the memory of the processes that are attached. Do not
 *     truncate the file.
 *
 * Options, of the process that makes the segment: og_config_describe("scope"). Linux.
 */
typedef struct og_scope og_scope;

/* Attaches to the segment, and makes it where there is none. config may be NULL. One name gives a
 * process one attachment, however often it is created. OG_IO when the file is refused or fails,
 * with the reason; OG_FULL when `attachments` processes are attached; OG_BAD_VALUE for a size that
 * is too small for its records, or beyond what this process may write (RLIMIT_FSIZE); OG_TIMEOUT
 * when another has been making the segment or an object in it for 5 s. */
OG_API og_status og_scope_create_host(const char *name, const og_config *config, og_scope **out,
                                      og_error **error);
/* The process is attached for as long as the scope or a noun in it lives. */
OG_API void og_scope_destroy(og_scope **scope);

enum {
  OG_SCOPE_BYTES = 0,      /* of the segment */
  OG_SCOPE_BYTES_LEFT = 1, /* for new objects */
  OG_SCOPE_OBJECTS = 2,
  OG_SCOPE_ATTACHMENTS = 3, /* processes; asks the kernel about each */
  OG_SCOPE_DIFFERENCES = 4  /* sentences of og_scope_differences */
};

/*
 * One number of the scope. Counting the attachments asks the kernel about each process.
 *
 * Returns the number.
 */
OG_API int64_t og_scope_stat(const og_scope *scope, int32_t which);

/*
 * Tells which objects this process uses with other options than it asked for: a line each, with the
 * option as it is and as it was asked for. It is the latest that was asked for, of 64 objects at
 * most.
 *
 * Returns the lines, or an empty text.
 */
OG_API og_status og_scope_differences(const og_scope *scope, og_text **out, og_error **error);

/*
 * Takes down an object that no process uses: the next that asks for it makes it anew, with its own
 * options and with all counts at zero. `kind` is the object's noun, such as "limiter". What is not
 * there is forgotten already. A noun that lies in no scope is refused, and so is an object that is
 * in use, with the processes in the message: this process counts too.
 *
 * C: `OG_INVALID_ARGUMENT` for such a kind or name.
 */
OG_API og_status og_scope_forget(const og_scope *scope, const char *kind, const char *name,
                                 og_error **error);

/*
 * Describes a segment without attaching to it, as a JSON object:
 *
 *   {"name", "bytes", "bytes_left",
 *    "attachments": [{"pid", "command", "start_time"}],
 *    "objects": [{"kind", "name", "options", "bytes", "state", "figures", "added_up",
 *                 "hottest": [{"key", "denied"}]}]}
 *
 * `figures` are the object's metrics under their names, null for a gauge that is NaN or infinite.
 * `added_up` are, of metrics, the series that processes count each for itself and publish. `state`
 * is a breaker's, in words.
 * `hottest` are the keys that a limiter denied most, by Space-Saving over 32. A damaged object has
 * "error" and hides no other. What is not UTF-8 is U+FFFD. No process is waited for, not even a
 * stopped one.
 *
 * With `verify` there is also {"faults": []}: what does not hold together. A sound segment has no
 * faults, whoever died in it. Verifying reads the whole segment and keeps objects from being made
 * meanwhile; it waits for up to 5 s for a process that is making one.
 *
 * Returns the JSON text.
 */
OG_API og_status og_scope_inspect(const char *name, int32_t verify, og_text **out,
                                  og_error **error);

/*
 * Lists the segments in shared memory that this user may open, damaged ones too.
 *
 * Returns a JSON array of their names.
 */
OG_API og_status og_scope_list(og_text **out, og_error **error);

/*
 * Removes the name of a segment. Processes that are attached keep what they have; the next to come
 * makes it anew.
 */
OG_API og_status og_scope_remove(const char *name, og_error **error);

#ifdef __cplusplus
}
#endif

#endif
