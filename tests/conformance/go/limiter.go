// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type limiterDriver struct{ *outgrow.RateLimiter }

func openLimiter(v *vector) driver {
	return limiterDriver{made(outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Named: named(v.Config), Clock: v.clock,
		Scope: v.scope, Name: v.name}))}
}

func (d limiterDriver) close() { d.Close() }

func spell(wait time.Duration, err error) any {
	switch {
	case err != nil:
		return "invalid"
	case wait == outgrow.Never:
		return "never"
	}
	return int64(wait)
}

func (d limiterDriver) step(s step, now time.Duration) any {
	key, cost, given := s.text("key"), s.integer("cost", 1), s.text("time") == "given"
	switch op := s.text("op"); {
	case op == "acquire" && given:
		return spell(d.AcquireAt(key, cost, now))
	case op == "acquire":
		return spell(d.Acquire(key, cost))
	case op == "peek" && given:
		return spell(d.PeekAt(key, cost, now))
	case op == "peek":
		return spell(d.Peek(key, cost))
	case op == "detailed" && given:
		return detailed(d.AcquireDetailedAt(key, cost, now))
	case op == "detailed":
		return detailed(d.AcquireDetailed(key, cost))
	case op == "many":
		return d.many(s, given, now)
	case op == "stats":
		stat := func(which outgrow.RateLimiterStat) int64 { return made(d.Stat(which)) }
		return step{"allowed": stat(outgrow.RateLimiterAllowed), "denied": stat(outgrow.RateLimiterDenied),
			"crowded_out": stat(outgrow.RateLimiterCrowdedOut), "keys": stat(outgrow.RateLimiterKeys)}
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func detailed(at outgrow.Standing, err error) any {
	return step{"wait": spell(at.Wait, err), "limit": at.Limit, "remaining": at.Remaining,
		"reset_after": int64(at.ResetAfter)}
}

// Of many requests one can be wrong: its wait is a status.
func misuse(wait time.Duration) error {
	if outgrow.Status(wait) == outgrow.StatusInvalidArgument {
		return outgrow.ErrInvalidArgument
	}
	return nil
}

func (d limiterDriver) many(s step, given bool, now time.Duration) any {
	keys := s.texts("keys")
	var costs []int64
	for _, cost := range s.list("costs") {
		costs = append(costs, step{"cost": cost}.integer("cost", 0))
	}
	waits := make([]time.Duration, len(keys))
	var passed int
	if given {
		passed = made(d.AcquireManyAt(keys, costs, now, waits))
	} else {
		passed = made(d.AcquireMany(keys, costs, waits))
	}
	spelled := []any{}
	for _, wait := range waits {
		spelled = append(spelled, spell(wait, misuse(wait)))
	}
	return step{"passed": passed, "waits": spelled}
}
