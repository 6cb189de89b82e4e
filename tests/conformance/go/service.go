// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// Layers are nil where the service has none.
type serviceDriver struct {
	*outgrow.Service
	endpoints *outgrow.Endpoints
	balancer  *outgrow.Balancer
	replicas  *outgrow.ReplicaRouter
	tickets   map[string]outgrow.Ticket
}

func openService(v *vector) driver {
	s := made(outgrow.NewService(outgrow.ServiceOptions{Named: named(v.Config), Clock: v.clock}))
	return serviceDriver{s, made(s.Endpoints()), made(s.Balancer()), made(s.Replicas()),
		map[string]outgrow.Ticket{}}
}

func (d serviceDriver) close() {
	d.replicas.Close()
	d.balancer.Close()
	d.endpoints.Close()
	d.Close()
}

var serviceStats = map[string]outgrow.ServiceStat{
	"in_flight": outgrow.ServiceInFlight, "denied": outgrow.ServiceDenied,
	"no_server": outgrow.ServiceNoServer, "refused": outgrow.ServiceRefused,
	"hits": outgrow.ServiceHits, "absences": outgrow.ServiceAbsences, "stale": outgrow.ServiceStale,
	"waits": outgrow.ServiceWaits, "no_node": outgrow.ServiceNoNode, "full": outgrow.ServiceFull,
	"begun": outgrow.ServiceBegun, "successes": outgrow.ServiceSuccesses,
	"failures": outgrow.ServiceFailures, "cancelled": outgrow.ServiceCancelled,
	"expired": outgrow.ServiceExpired, "lapsed": outgrow.ServiceLapsed,
	"rerouted": outgrow.ServiceRerouted, "fills": outgrow.ServiceFills,
	"fills_refused": outgrow.ServiceFillsRefused, "invalidations": outgrow.ServiceInvalidations,
}

func (d serviceDriver) step(s step, _ time.Duration) any {
	ticket, node := d.tickets[s.text("call")], int32(s.integer("node", 0))
	index := int32(-1)
	if found, has, err := d.endpoints.Find(s.text("name")); has && err == nil {
		index = found
	}
	switch s.text("op") {
	case "begin":
		return d.begin(s)
	case "end":
		return d.end(ticket, s)
	case "cancel":
		return counted(d.Cancel(ticket))
	case "where":
		return d.where(ticket)
	case "count":
		return made(d.Stat(serviceStats[s.text("name")]))
	case "server":
		return d.server(index)
	case "node":
		return step{"in_flight": made(d.replicas.InFlight(node)), "reads": made(d.replicas.Reads(node))}
	case "add":
		return addEndpoint(d.endpoints, s)
	case "remove":
		return okOrInvalid(d.endpoints.Remove(index))
	case "set_healthy":
		return okOrInvalid(d.endpoints.SetHealthy(index, s.truth("healthy", true)))
	case "set_node_healthy":
		return okOrInvalid(d.replicas.SetHealthy(node, s.truth("healthy", true)))
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func (d serviceDriver) begin(s step) any {
	operation := outgrow.ServiceRead
	if s.truth("write", false) {
		operation = outgrow.ServiceWrite
	}
	b := made(d.Begin(operation, s.text("client"), s.text("key")))
	out := d.where(b.Ticket)
	out["outcome"], out["value"], out["wait_ms"] = word(b.Outcome, nil), textOrNil(b.Value), b.Wait.Milliseconds()
	switch b.Outcome {
	case outgrow.StatusMiss:
		d.tickets[s.text("as")] = b.Ticket
		out["outcome"] = "run"
	case outgrow.StatusOK:
		out["outcome"] = "hit"
	}
	return out
}

func (d serviceDriver) where(ticket outgrow.Ticket) step {
	server, err := d.Server(ticket)
	node, _ := d.Node(ticket)
	if err != nil { // no ticket at all
		return step{"server": "none", "node": "none"}
	}
	out := step{"server": word(outgrow.Status(server), nil), "node": word(outgrow.Status(node), nil)}
	if server >= 0 {
		out["server"] = made(d.endpoints.Name(server))
	}
	if node >= 0 {
		out["node"] = node
	}
	return out
}

func (d serviceDriver) end(ticket outgrow.Ticket, s step) any {
	r := outgrow.Result{Success: s.truth("success", true), Latency: outgrow.Measured,
		Absent: s.truth("absent", false), TTL: s.ms("ttl_ms", outgrow.DefaultTTL)}
	if value, has := s["value"].(string); has {
		r.Value, r.Absent = []byte(value), false
	}
	return counted(d.End(ticket, r))
}

func (d serviceDriver) server(index int32) any {
	out := step{"breaker": nil, "in_flight": made(d.endpoints.InFlight(index)),
		"calls": made(d.endpoints.Calls(index)), "failures": made(d.endpoints.Failures(index)),
		"picks": made(d.balancer.Picks(index))}
	if b := made(d.Breaker(index)); b != nil {
		out["breaker"] = made(b.State()).String()
		b.Close()
	}
	return out
}
