// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *serviceDriver) begin(s step, _ time.Duration) any {
	operation := outgrow.ServiceRead
	if s.truth("write", false) {
		operation = outgrow.ServiceWrite
	}
	b := made(d.service.Begin(operation, s.text("client"), s.text("key")))
	out := d.whereIs(b.Ticket)
	out["outcome"], out["value"], out["wait_ms"] = word(b.Outcome, nil), textOrNil(b.Value), b.Wait.Milliseconds()
	switch b.Outcome {
	case outgrow.StatusMiss:
		d.held[s.text("as")] = int64(b.Ticket)
		out["outcome"] = "run"
	case outgrow.StatusOK:
		out["outcome"] = "hit"
	}
	return out
}

func (d *serviceDriver) ticket(s step) outgrow.Ticket { return outgrow.Ticket(d.held[s.text("call")]) }

func (d *serviceDriver) where(s step, _ time.Duration) any { return d.whereIs(d.ticket(s)) }

// Where a call goes: a server's name, a node, or why there is none.
func (d *serviceDriver) whereIs(ticket outgrow.Ticket) step {
	server, err := d.service.Server(ticket)
	node, _ := d.service.Node(ticket)
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

func (d *serviceDriver) end(s step, _ time.Duration) any {
	r := outgrow.Result{Success: s.truth("success", true), Latency: outgrow.Measured,
		Absent: s.truth("absent", false), TTL: s.ms("ttl_ms", outgrow.DefaultTTL)}
	if value, has := s["value"].(string); has {
		r.Value, r.Absent = []byte(value), false
	}
	return answerStood(d.service.End(d.ticket(s), r))
}

func (d *serviceDriver) server(s step, _ time.Duration) any {
	index := indexOf(d.endpoints, s.text("name"))
	out := step{"breaker": nil, "in_flight": made(d.endpoints.InFlight(index)),
		"calls": made(d.endpoints.Calls(index)), "failures": made(d.endpoints.Failures(index)),
		"picks": made(d.balancer.Picks(index))}
	if b := made(d.service.Breaker(index)); b != nil {
		out["breaker"] = made(b.State()).String()
		b.Close()
	}
	return out
}

func (d *serviceDriver) node(s step, _ time.Duration) any {
	node := int32(s.integer("node", 0))
	return step{"in_flight": made(d.replicas.InFlight(node)), "reads": made(d.replicas.Reads(node))}
}
