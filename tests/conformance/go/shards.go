// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// A text's bytes, or those that stand for an integer.
func keyOf(member any) string {
	if n, is := member.(json.Number); is {
		return outgrow.IntegerKey(made(n.Int64()))
	}
	text, _ := member.(string)
	return text
}

// What own is: the map that mark remembers.
func (d *shardsDriver) marked() *outgrow.ShardMap { return d.own.(*outgrow.ShardMap) }

func (d *shardsDriver) open(v *vector) {
	var splits []string
	for _, split := range v.Setup.list("splits") {
		splits = append(splits, keyOf(split))
	}
	d.shards = made(outgrow.NewShardMap(outgrow.ShardMapOptions{Named: named(v.Config)}, splits...))
	d.own = made(d.shards.Copy())
}

func (d *shardsDriver) closeOwn() { d.marked().Close() }

func (d *shardsDriver) of(s step, _ time.Duration) any {
	if n, is := s["key"].(json.Number); is {
		return made(d.shards.OfInt64(made(n.Int64())))
	}
	return made(d.shards.Of(keyOf(s["key"])))
}

func (d *shardsDriver) ofMany(s step, _ time.Duration) any {
	keys := s.list("keys")
	shards := make([]int32, len(keys))
	if _, integers := keys[0].(json.Number); integers {
		var numbers []int64
		for _, key := range keys {
			numbers = append(numbers, made(key.(json.Number).Int64()))
		}
		must(d.shards.OfInt64Many(numbers, shards))
		return shards
	}
	must(d.shards.OfMany(s.texts("keys"), shards))
	return shards
}

func (d *shardsDriver) span(s step, _ time.Duration) any {
	return made(d.shards.Span(keyOf(s["first"]), keyOf(s["end"])))
}

func (d *shardsDriver) split(s step, _ time.Duration) any {
	return answerDone(d.shards.Split(keyOf(s["key"]), int32(s.integer("shard", 0))))
}

func (d *shardsDriver) merge(s step, _ time.Duration) any {
	return answerDone(d.shards.Merge(keyOf(s["key"])))
}

func (d *shardsDriver) ranges(step, time.Duration) any {
	ranges, err := d.shards.Ranges()
	return rows(ranges, err, func(r outgrow.Range) any { return []any{string(r.First), string(r.End), r.From} })
}

func (d *shardsDriver) mark(step, time.Duration) any {
	d.closeOwn()
	d.own = made(d.shards.Copy())
	return "ok"
}

func (d *shardsDriver) goBack(step, time.Duration) any {
	return answerDone(d.shards.Assign(d.marked()))
}

func (d *shardsDriver) moves(step, time.Duration) any {
	moves, err := d.marked().Moves(d.shards)
	return rows(moves, err, func(r outgrow.Range) any { return []any{string(r.First), string(r.End), r.From, r.To} })
}

func (d *shardsDriver) movedShare(step, time.Duration) any {
	share, known, err := d.marked().MovedShare(d.shards)
	must(err)
	if !known {
		return float64(outgrow.StatusNone)
	}
	return share
}

func (d *shardsDriver) move(s step, _ time.Duration) any {
	moves, from, to, err := d.marked().Move(d.shards, keyOf(s["key"]))
	must(err)
	if !moves {
		return "stays"
	}
	return []any{from, to}
}

func rows(ranges []outgrow.Range, err error, row func(outgrow.Range) any) any {
	if err != nil {
		return "invalid"
	}
	all := []any{}
	for _, r := range ranges {
		all = append(all, row(r))
	}
	return all
}
