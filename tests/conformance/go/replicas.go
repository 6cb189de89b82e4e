// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type replicasDriver struct {
	*outgrow.ReplicaRouter
	tickets map[string]outgrow.Ticket
}

func openReplicas(v *vector) driver {
	r := made(outgrow.NewReplicaRouter(outgrow.ReplicaRouterOptions{Named: named(v.Config), Clock: v.clock}))
	return replicasDriver{r, map[string]outgrow.Ticket{}}
}

func (d replicasDriver) close() { d.Close() }

func nodeOrNone(node int32) any {
	if node < 0 {
		return "none"
	}
	return node
}

func (d replicasDriver) step(s step, _ time.Duration) any {
	node := int32(s.integer("node", 0))
	switch s.text("op") {
	case "write":
		return nodeOrNone(made(d.Write()))
	case "read":
		return nodeOrNone(made(d.Read()))
	case "reads":
		nodes := make([]int32, s.integer("count", 0))
		must(d.ReadMany(nodes))
		answer := []any{}
		for _, node := range nodes {
			answer = append(answer, nodeOrNone(node))
		}
		return answer
	case "acquire":
		ticket, node, outcome, err := d.Acquire(s.truth("write", false))
		must(err)
		if outcome == outgrow.StatusFull {
			return "full"
		}
		if ticket > 0 {
			d.tickets[s.text("as")] = ticket
		}
		return nodeOrNone(node)
	case "release":
		return counted(d.Release(d.tickets[s.text("ticket")], s.truth("success", true), s.ms("latency_ms", 0)))
	case "set_healthy":
		return okOrInvalid(d.SetHealthy(node, s.truth("healthy", true)))
	case "in_flight":
		calls, err := d.InFlight(node)
		if errors.Is(err, outgrow.ErrInvalidArgument) {
			return outgrow.StatusInvalidArgument
		}
		must(err)
		return calls
	case "read_count":
		return made(d.Reads(node))
	case "write_count":
		return made(d.Writes())
	}
	fail("unknown op %s", s.text("op"))
	return nil
}
