// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *gatherDriver) start(s step, _ time.Duration) any {
	var query *outgrow.Query
	var err error
	if n, is := s["shards"].(json.Number); is {
		query, err = d.gather.StartAll(made(n.Int64()))
	} else {
		var list []int32
		for _, shard := range s.list("shards") {
			list = append(list, int32(made(shard.(json.Number).Int64())))
		}
		query, err = d.gather.Start(list)
	}
	if err == nil {
		d.query.Close()
		d.query = query
	}
	return answerDone(err)
}

func (d *gatherDriver) state(_ step, now time.Duration) any {
	state, waiting, err := d.query.StateAt(now)
	must(err)
	return step{"state": state.String(), "waiting": waiting}
}

func (d *gatherDriver) rows(_ step, now time.Duration) any {
	all := []any{}
	for {
		row, outcome, err := d.query.NextAt(now)
		if outcome != outgrow.StatusOK {
			return step{"rows": all, "end": word(outcome, err)}
		}
		all = append(all, []any{row.Shard, string(row.Key), string(row.Row)})
	}
}
