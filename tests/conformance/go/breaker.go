// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type breakerDriver struct {
	*outgrow.CircuitBreaker
	permits map[string]outgrow.Permit
}

func openBreaker(v *vector) driver {
	b := made(outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{Named: named(v.Config), Clock: v.clock,
		Scope: v.scope, Name: v.name}))
	return breakerDriver{b, map[string]outgrow.Permit{}}
}

func (d breakerDriver) close() { d.Close() }

func (d breakerDriver) step(s step, _ time.Duration) any {
	permit := d.permits[s.text("permit")]
	switch s.text("op") {
	case "enter":
		permit := made(d.Enter())
		if permit == 0 {
			return "refused"
		}
		d.permits[s.text("as")] = permit
		return "permit"
	case "exit":
		return counted(d.Exit(permit, s.truth("success", false)))
	case "cancel":
		return counted(d.Cancel(permit))
	case "state":
		return made(d.State()).String()
	case "retry_after":
		return int64(made(d.RetryAfter()))
	case "transitions":
		return made(d.Transitions())
	case "force_open":
		return okOrInvalid(d.ForceOpen())
	case "force_closed":
		return okOrInvalid(d.ForceClosed())
	case "reset":
		return okOrInvalid(d.Reset())
	}
	fail("unknown op %s", s.text("op"))
	return nil
}
