// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type cacheDriver struct {
	*outgrow.BytesCache
	leases map[string]outgrow.Lease
}

func openCache(v *vector) driver {
	c := made(outgrow.NewBytesCache(outgrow.CacheOptions{Named: named(v.Config), Clock: v.clock}))
	return cacheDriver{c, map[string]outgrow.Lease{}}
}

func (d cacheDriver) close() { d.Close() }

var cacheStats = map[string]outgrow.CacheStat{
	"entries": outgrow.CacheEntries, "bytes": outgrow.CacheBytes, "leases": outgrow.CacheLeases,
	"hits": outgrow.CacheHits, "negative_hits": outgrow.CacheNegativeHits,
	"stale_hits": outgrow.CacheStaleHits, "misses": outgrow.CacheMisses, "waits": outgrow.CacheWaits,
	"evictions": outgrow.CacheEvictions, "expirations": outgrow.CacheExpirations,
	"too_large": outgrow.CacheTooLarge,
}

func (d cacheDriver) step(s step, _ time.Duration) any {
	key, value, ttl := s.text("key"), []byte(s.text("value")), s.ms("ttl_ms", outgrow.DefaultTTL)
	lease, weight := d.leases[s.text("lease")], s.integer("weight", 0)
	switch op := s.text("op"); {
	case op == "set" && weight > 0:
		return word(d.SetWeighted(key, value, ttl, weight))
	case op == "set":
		return word(d.Set(key, value, ttl))
	case op == "set_absent":
		return word(d.SetAbsent(key, ttl))
	case op == "get":
		pinned, outcome, err := d.Pin(key)
		defer pinned.Close()
		return found(pinned.Bytes(), outcome, err)
	case op == "get_many":
		all := []any{}
		for _, got := range made(d.GetMany(s.texts("keys"))) {
			all = append(all, found(got.Value, got.Outcome, nil))
		}
		return all
	case op == "copy":
		return d.copy(key, int(s.integer("capacity", 0)))
	case op == "lease":
		return d.lease(key, s.text("as"))
	case op == "fill":
		return word(d.Fill(key, lease, value, ttl))
	case op == "fill_absent":
		return word(d.FillAbsent(key, lease, ttl))
	case op == "give_up":
		return word(d.GiveUp(key, lease))
	case op == "delete":
		return word(d.Delete(key))
	case op == "clear":
		return okOrInvalid(d.Clear())
	case op == "stat":
		return made(d.Stat(cacheStats[s.text("name")]))
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func found(value []byte, outcome outgrow.Status, err error) any {
	if outcome != outgrow.StatusOK || err != nil {
		return word(outcome, err)
	}
	return step{"value": string(value)}
}

// Go's Get grows the room that it is given: what fits is the whole's beginning.
func (d cacheDriver) copy(key string, capacity int) any {
	value, outcome, err := d.Get(key, make([]byte, capacity))
	if outcome != outgrow.StatusOK || err != nil {
		return word(outcome, err)
	}
	if capacity > len(value) {
		capacity = len(value)
	}
	return step{"size": len(value), "bytes": string(value[:capacity])}
}

func (d cacheDriver) lease(key, as string) any {
	l := made(d.GetOrLease(key))
	answer := step{"outcome": word(l.Outcome, nil), "value": textOrNil(l.Value), "wait_ms": l.Wait.Milliseconds()}
	switch l.Outcome {
	case outgrow.StatusMiss:
		d.leases[as] = l.Lease
		answer["outcome"] = "lease"
	case outgrow.StatusOK:
		answer["outcome"] = "hit"
	}
	return answer
}

func textOrNil(value []byte) any {
	if value == nil {
		return nil
	}
	return string(value)
}
