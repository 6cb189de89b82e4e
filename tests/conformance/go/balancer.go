// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type balancerDriver struct {
	endpoints *outgrow.Endpoints
	balancer  *outgrow.Balancer
	tickets   map[string]outgrow.Ticket
}

func openBalancer(v *vector) driver {
	e := made(outgrow.NewEndpoints(outgrow.EndpointsOptions{
		MaxEndpoints: v.Setup.integer("max_endpoints", 256), Scope: v.scope, Name: v.name}))
	for _, member := range v.Setup.list("endpoints") {
		addEndpoint(e, member.(map[string]any))
	}
	b := made(outgrow.NewBalancer(outgrow.BalancerOptions{Named: named(v.Config), Clock: v.clock}, e))
	return balancerDriver{e, b, map[string]outgrow.Ticket{}}
}

func (d balancerDriver) close() {
	d.balancer.Close()
	d.endpoints.Close()
}

func (d balancerDriver) name(index int32) any {
	if index < 0 {
		return "none"
	}
	return made(d.endpoints.Name(index))
}

func (d balancerDriver) step(s step, _ time.Duration) any {
	key := s.text("key")
	index := int32(-1)
	if found, has, err := d.endpoints.Find(s.text("name")); has && err == nil {
		index = found
	}
	switch s.text("op") {
	case "pick":
		return d.name(made(d.balancer.Pick(key)))
	case "pick_many":
		return d.pickMany(s)
	case "acquire":
		ticket, endpoint, outcome, err := d.balancer.Acquire(key)
		must(err)
		if outcome == outgrow.StatusFull {
			return "full"
		}
		if ticket > 0 {
			d.tickets[s.text("as")] = ticket
		}
		return d.name(endpoint)
	case "release":
		return counted(d.balancer.Release(d.tickets[s.text("ticket")], s.truth("success", true), s.ms("latency_ms", 0)))
	case "add":
		return addEndpoint(d.endpoints, s)
	case "remove":
		return okOrInvalid(d.endpoints.Remove(index))
	case "set_weight":
		return okOrInvalid(d.endpoints.SetWeight(index, s.integer("weight", 1)))
	case "set_healthy":
		return okOrInvalid(d.endpoints.SetHealthy(index, s.truth("healthy", true)))
	case "in_flight":
		return made(d.endpoints.InFlight(index))
	case "calls":
		return made(d.endpoints.Calls(index))
	case "failures":
		return made(d.endpoints.Failures(index))
	case "picks":
		return made(d.balancer.Picks(index))
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func (d balancerDriver) pickMany(s step) any {
	keys := s.texts("keys")
	count := int64(len(keys))
	if keys == nil {
		count = s.integer("count", 0)
	}
	picked := make([]int32, count)
	must(d.balancer.PickMany(keys, picked))
	names := []any{}
	for _, index := range picked {
		names = append(names, d.name(index))
	}
	return names
}
