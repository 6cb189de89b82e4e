// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type gatherDriver struct {
	gather *outgrow.Gather
	query  *outgrow.Query
}

func openGather(v *vector) driver {
	g := made(outgrow.NewGather(outgrow.GatherOptions{Named: named(v.Config), Clock: v.clock}))
	return &gatherDriver{gather: g}
}

func (d *gatherDriver) close() {
	d.query.Close()
	d.gather.Close()
}

func (d *gatherDriver) step(s step, now time.Duration) any {
	shard := int32(s.integer("shard", 0))
	switch s.text("op") {
	case "start":
		return d.start(s["shards"])
	case "row":
		return word(d.query.Row(shard, s.text("key"), s.text("row")))
	case "done":
		return word(d.query.Done(shard))
	case "fail":
		reason := outgrow.Status(s.integer("reason", int64(outgrow.StatusStore)))
		return word(d.query.Fail(shard, reason, s.text("message")))
	case "state":
		state, waiting, err := d.query.StateAt(now)
		must(err)
		return step{"state": state.String(), "waiting": waiting}
	case "time_left":
		left := made(d.query.TimeLeft())
		if left == outgrow.Never {
			return "none"
		}
		return left.Milliseconds()
	case "rows":
		return d.rows(now)
	case "failures":
		all := []any{}
		for _, f := range made(d.query.Failures()) {
			all = append(all, []any{f.Shard, int32(f.Reason), f.Message, f.DroppedRows})
		}
		return all
	case "refused":
		return made(d.query.Refused())
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func (d *gatherDriver) start(shards any) any {
	var query *outgrow.Query
	var err error
	if n, is := shards.(json.Number); is {
		query, err = d.gather.StartAll(made(n.Int64()))
	} else {
		var list []int32
		for _, shard := range shards.([]any) {
			list = append(list, int32(made(shard.(json.Number).Int64())))
		}
		query, err = d.gather.Start(list)
	}
	if err != nil {
		return "invalid"
	}
	d.query.Close()
	d.query = query
	return "ok"
}

func (d *gatherDriver) rows(now time.Duration) any {
	all := []any{}
	for {
		row, outcome, err := d.query.NextAt(now)
		if outcome != outgrow.StatusOK {
			return step{"rows": all, "end": word(outcome, err)}
		}
		all = append(all, []any{row.Shard, string(row.Key), string(row.Row)})
	}
}
