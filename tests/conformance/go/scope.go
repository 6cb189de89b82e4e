// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// A segment of this process's own, of which nothing is left when it ends.
func attach(what string, o outgrow.ScopeOptions, scopes []*outgrow.Scope) {
	name := fmt.Sprintf("/outgrow-%s-%d", what, os.Getpid())
	for i := range scopes {
		scopes[i] = made(outgrow.HostScope(name, o))
	}
	must(outgrow.RemoveScope(name))
}

func init() { drivers["scope"] = openScope }

type scopeDriver struct {
	scopes [2]*outgrow.Scope
	clock  *outgrow.Clock
	made   map[string]driver
}

func openScope(v *vector) driver {
	d := &scopeDriver{clock: v.clock, made: map[string]driver{}}
	attach("scope-vector", outgrow.ScopeOptions{Named: named(v.Config)}, d.scopes[:])
	return d
}

func (d *scopeDriver) close() {
	for _, noun := range d.made {
		noun.close()
	}
	for _, scope := range d.scopes {
		scope.Close()
	}
}

func (d *scopeDriver) step(s step, now time.Duration) any {
	if on := d.made[s.text("on")]; on != nil {
		return on.step(s, now)
	}
	switch s.text("op") {
	case "make":
		return d.make(s)
	case "stats":
		return step{"objects": made(d.scopes[0].Stat(outgrow.ScopeObjects)),
			"attachments": made(d.scopes[0].Stat(outgrow.ScopeAttachments))}
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func (d *scopeDriver) make(s step) (answer any) {
	defer func() {
		why := recover()
		failed, is := why.(failure)
		var refused *outgrow.Error
		switch {
		case is && errors.As(failed.error, &refused):
			answer = step{"error": int32(refused.Status), "option": refused.Option}
		case why != nil:
			panic(why)
		}
	}()
	d.made[s.text("as")] = drivers[s.text("noun")](&vector{Config: s.inner("config"), Setup: s.inner("setup"), clock: d.clock,
		scope: d.scopes[s.integer("scope", 0)], name: s.text("name")})
	return "ok"
}
