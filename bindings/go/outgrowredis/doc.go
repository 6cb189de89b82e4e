// SPDX-License-Identifier: Apache-2.0

// Package outgrowredis carries a fleet's commands to Redis or Valkey, by a client of go-redis that the program has: a
// Client, a FailoverClient of Sentinel's, a ClusterClient.
//
//	host, err := outgrow.HostScope("/checkout", outgrow.HostOptions{})
//	fleet, err := outgrow.NewFleet(outgrow.FleetOptions{Scope: host, Name: "checkout"})
//	pump, err := outgrowredis.NewPump(fleet, redis.NewClient(&redis.Options{Addr: "redis.internal:6379"}), outgrowredis.PumpOptions{})
//	pump.Start(ctx)
//	defer pump.Stop()
//
// Every process may have a pump; one of a machine's processes is elected and talks to the server, and the others'
// pumps wait for their turn. No call of a limiter waits for a pump or a server, but for the first of a key of which the
// machine knows nothing, and that no longer than the fleet's Timeout.
//
// It is a module of its own, so that who needs no fleet needs no go-redis.
package outgrowredis
