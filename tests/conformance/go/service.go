// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *serviceDriver) end(s step, _ time.Duration) any {
	r := outgrow.Result{Success: s.truth("success", true), Latency: outgrow.Measured,
		Absent: s.truth("absent", false), TTL: s.ms("ttl_ms", outgrow.DefaultTTL)}
	if value, has := s["value"].(string); has {
		r.Value, r.Absent = []byte(value), false
	}
	return answerStood(d.service.End(outgrow.Ticket(d.held[s.text("call")]), r))
}

func (d *serviceDriver) breaker(s step, _ time.Duration) any {
	b := made(d.service.Breaker(indexOf(d.endpoints, s.text("name"))))
	if b == nil {
		return nil
	}
	defer b.Close()
	return made(b.State()).String()
}

func operationOf(write bool) outgrow.ServiceOperation {
	if write {
		return outgrow.ServiceWrite
	}
	return outgrow.ServiceRead
}
