// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type concurrencyDriver struct {
	*outgrow.ConcurrencyLimiter
	permits map[string]outgrow.Permit
}

func openConcurrency(v *vector) driver {
	c := made(outgrow.NewConcurrencyLimiter(outgrow.ConcurrencyLimiterOptions{Named: named(v.Config), Clock: v.clock,
		Scope: v.scope, Name: v.name}))
	return concurrencyDriver{c, map[string]outgrow.Permit{}}
}

func (d concurrencyDriver) close() { d.Close() }

func (d concurrencyDriver) step(s step, _ time.Duration) any {
	switch s.text("op") {
	case "enter":
		permit := made(d.Enter())
		if permit == 0 {
			return "full"
		}
		d.permits[s.text("as")] = permit
		return "permit"
	case "exit":
		return counted(d.Exit(d.permits[s.text("permit")]))
	case "in_flight":
		return made(d.InFlight())
	case "limit":
		return made(d.Limit())
	case "stat":
		which := map[string]outgrow.ConcurrencyStat{"admitted": outgrow.ConcurrencyAdmitted,
			"refused": outgrow.ConcurrencyRefused, "lapsed": outgrow.ConcurrencyLapsed,
			"expired": outgrow.ConcurrencyExpired, "orphaned": outgrow.ConcurrencyOrphaned}
		return made(d.Stat(which[s.text("which")]))
	}
	fail("unknown op %s", s.text("op"))
	return nil
}
