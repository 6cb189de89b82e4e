// SPDX-License-Identifier: Apache-2.0

// Package outgrow is the patterns that a service needs as it outgrows one thread, one process, one host:
// load balancing, rate limiting, circuit breaking, caching, database scaling, autoscaling. It is the Go
// face of the library outgrow, which gives every language of a system the same behaviour.
//
// The library decides, your code executes: it says which server, allowed or not, cached or not, which
// shard, how many instances; you make the call with the driver, pool and goroutines that you have.
//
// # Nouns
//
//	[RateLimiter]         may this key pass, and if not, when
//	[CircuitBreaker]      may this call be tried
//	[ConcurrencyLimiter]  is there room for one more in flight
//	[Endpoints]           the servers, and a [Balancer] over them: which one
//	[Cache]               the value, or a lease to load it; [BytesCache] below it
//	[Store]               a system of record: memory, SQLite, or a [Backend] of yours
//	[CachedStore]         cache-aside, write-through, write-behind
//	[ReplicaRouter]       the primary, or which replica
//	[ShardMap]            which shard, and what moves when the map changes
//	[Gather]              one query to many shards
//	[AutoScaler]          how many instances, and why
//	[Service]             limiter, balancer, breakers, cache and replicas in one call
//	[Metrics]             all of it as Prometheus text
//	[Scope]               where a noun lies: one for all processes of the machine
//	[Clock]               the time, or a manual clock for tests
//
// A noun is made from a struct of options, whose fields say their ranges and defaults; a zero field is the
// default. It is safe from every goroutine, and closed by Close, as often as one likes; after that its
// calls return [ErrClosed], also those that other goroutines make at that moment. A noun that is forgotten
// is closed by a finalizer, some time; with -tags debug, [Leaks] lists those that are open.
//
// # Outcomes and errors
//
// Denied, open, miss, absent and full are outcomes, not errors: they are returned beside the value, as a
// wait or a [Status]. Errors are for misuse and for what failed, and errors.Is knows them by [ErrBadValue]
// and its like; an [Error] names the option at fault. Calls that promise to do something, such as
// [RateLimiter.Wait], [CircuitBreaker.Do] and [BytesCache.Load], return outcomes as errors: a
// [LimitedError], an [OpenError], [ErrAbsent]. They take a context, and when it is done they give back
// what they hold: permit, lease, ticket.
//
// # Keys, values and times
//
// Keys are strings of any bytes, which cross into the library without a copy; [Key] views a []byte as one.
// Values are []byte. Durations are time.Duration; a time, in the At forms, is a time.Duration of the
// noun's [Clock].
//
// # Cost
//
// A call crosses into C++, about 30 ns, and counts itself in and out of its noun, about 5 ns; then there
// is what it does. On a machine where an empty cgo call takes 29 ns:
//
//	CircuitBreaker.Enter            32 ns    Balancer.Pick            44 ns
//	RateLimiter.Acquire             88 ns    ShardMap.Of              75 ns
//	RateLimiter.AcquireMany, a key  35 ns    BytesCache.Get           49 ns
//	Service.Begin and End          240 ns    BytesCache.View         100 ns
//
// None of them allocates. go test -bench . in this module measures them beside plain cgo calls.
//
// # Building
//
// The module carries the library as one C++ source: go build needs a C++20 compiler (GCC 11, Clang 14 or
// newer), compiles it once, in about half a minute, and keeps it. CGO_ENABLED must be 1. x86-64 and AArch64.
//
//	-tags sqlite   stores in SQLite, with its header and library installed
//	-tags dynamic  the installed library, found by pkg-config, in place of the one carried
//	-tags debug    leaks are known
package outgrow
