// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type shardsDriver struct{ shards, marked *outgrow.ShardMap }

// A text's bytes, or those that stand for an integer.
func keyOf(member any) string {
	if n, is := member.(json.Number); is {
		return outgrow.IntegerKey(made(n.Int64()))
	}
	text, _ := member.(string)
	return text
}

func openShards(v *vector) driver {
	var splits []string
	for _, split := range v.Setup.list("splits") {
		splits = append(splits, keyOf(split))
	}
	m := made(outgrow.NewShardMap(outgrow.ShardMapOptions{Named: named(v.Config)}, splits...))
	return &shardsDriver{m, made(m.Copy())}
}

func (d *shardsDriver) close() {
	d.shards.Close()
	d.marked.Close()
}

func (d *shardsDriver) step(s step, _ time.Duration) any {
	key := keyOf(s["key"])
	switch s.text("op") {
	case "of":
		if n, is := s["key"].(json.Number); is {
			return made(d.shards.OfInt64(made(n.Int64())))
		}
		return made(d.shards.Of(key))
	case "of_many":
		return d.ofMany(s.list("keys"))
	case "span":
		return made(d.shards.Span(keyOf(s["first"]), keyOf(s["end"])))
	case "count":
		return made(d.shards.Count())
	case "resize":
		return okOrInvalid(d.shards.Resize(s.integer("to", 0)))
	case "split":
		return okOrInvalid(d.shards.Split(key, int32(s.integer("shard", 0))))
	case "merge":
		return okOrInvalid(d.shards.Merge(key))
	case "ranges":
		ranges, err := d.shards.Ranges()
		return rows(ranges, err, func(r outgrow.Range) any { return []any{string(r.First), string(r.End), r.From} })
	case "mark":
		d.marked.Close()
		d.marked = made(d.shards.Copy())
		return "ok"
	case "go_back":
		return okOrInvalid(d.shards.Assign(d.marked))
	case "moves":
		moves, err := d.marked.Moves(d.shards)
		return rows(moves, err, func(r outgrow.Range) any { return []any{string(r.First), string(r.End), r.From, r.To} })
	case "moved_share":
		share, known, err := d.marked.MovedShare(d.shards)
		must(err)
		if !known {
			return float64(outgrow.StatusNone)
		}
		return share
	case "move":
		moves, from, to, err := d.marked.Move(d.shards, key)
		must(err)
		if !moves {
			return "stays"
		}
		return []any{from, to}
	}
	fail("unknown op %s", s.text("op"))
	return nil
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

func (d *shardsDriver) ofMany(keys []any) any {
	shards := make([]int32, len(keys))
	if _, integers := keys[0].(json.Number); integers {
		var numbers []int64
		for _, key := range keys {
			numbers = append(numbers, made(key.(json.Number).Int64()))
		}
		must(d.shards.OfInt64Many(numbers, shards))
		return shards
	}
	var texts []string
	for _, key := range keys {
		texts = append(texts, keyOf(key))
	}
	must(d.shards.OfMany(texts, shards))
	return shards
}
