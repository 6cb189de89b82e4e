// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// A step's members, with a default where it has none.
type step map[string]any

func (s step) text(name string) string {
	text, _ := s[name].(string)
	return text
}

func (s step) integer(name string, fallback int64) int64 {
	n, is := s[name].(json.Number)
	if !is {
		return fallback
	}
	if whole, err := n.Int64(); err == nil {
		return whole
	}
	real, _ := n.Float64()
	return int64(real)
}

func (s step) number(name string, fallback float64) float64 { return numberOr(s[name], fallback) }

func numberOr(value any, fallback float64) float64 {
	n, is := value.(json.Number)
	if !is {
		return fallback
	}
	real, _ := n.Float64()
	return real
}

func (s step) truth(name string, fallback bool) bool {
	b, is := s[name].(bool)
	if !is {
		return fallback
	}
	return b
}

func (s step) list(name string) []any {
	l, _ := s[name].([]any)
	return l
}

// How many are listed; for no list, what `count` says.
func (s step) count(name string) int {
	if _, has := s[name]; has {
		return len(s.list(name))
	}
	return int(s.integer("count", 0))
}

// Bytes: a text, in hexadecimal where "hex" says so, or an integer's key on a shard map.
func (s step) rawOf(member any) string {
	if n, is := member.(json.Number); is {
		return outgrow.IntegerKey(made(n.Int64()))
	}
	text, _ := member.(string)
	if !s.truth("hex", false) {
		return text
	}
	return string(made(hex.DecodeString(text)))
}

func (s step) raw(name string) string { return s.rawOf(s[name]) }

func (s step) raws(name string) []string {
	var raws []string
	for _, member := range s.list(name) {
		raws = append(raws, s.rawOf(member))
	}
	return raws
}

func (s step) wholes(name string) []int64 {
	var wholes []int64
	for _, member := range s.list(name) {
		wholes = append(wholes, made(member.(json.Number).Int64()))
	}
	return wholes
}

// A batch, of [key, value or null] each.
func (s step) writes(name string) *outgrow.Batch {
	batch := made(outgrow.NewBatch())
	for _, member := range s.list(name) {
		write := member.([]any)
		key := s.rawOf(write[0])
		if write[1] == nil {
			must(batch.Delete(key))
		} else {
			must(batch.Set(key, []byte(s.rawOf(write[1]))))
		}
	}
	return batch
}

func (s step) reals(name string) []float64 {
	var reals []float64
	for _, member := range s.list(name) {
		reals = append(reals, numberOr(member, outgrow.Missing))
	}
	return reals
}

func (s step) shards(name string) []int32 {
	var shards []int32
	for _, shard := range s.wholes(name) {
		shards = append(shards, int32(shard))
	}
	return shards
}

func (s step) bytesOrNil(name string) []byte {
	if text, has := s[name].(string); has {
		return []byte(text)
	}
	return nil
}

// A time for each of the list of that name, every_ms apart from from_ms on.
func (s step) spaced(name string) []time.Duration {
	var times []time.Duration
	for i := range s.list(name) {
		times = append(times, s.ms("from_ms", 0)+time.Duration(i)*s.ms("every_ms", 0))
	}
	return times
}

func (s step) inner(name string) step {
	m, _ := s[name].(map[string]any)
	return m
}

// A member in milliseconds.
func (s step) ms(name string, fallback time.Duration) time.Duration {
	if _, has := s[name]; !has {
		return fallback
	}
	return time.Duration(s.integer(name, 0)) * time.Millisecond
}

// A vector's config as options by name.
func named(config map[string]any) map[string]string {
	options := map[string]string{}
	for name, value := range config {
		options[name] = fmt.Sprint(value)
	}
	return options
}

// How most drivers spell an outcome.
func word(outcome outgrow.Status, err error) any {
	switch {
	case err != nil:
		return "invalid"
	case outcome == outgrow.StatusOK:
		return "ok"
	}
	return outcomes[outcome]
}

var outcomes = map[outgrow.Status]string{
	outgrow.StatusRefused: "refused", outgrow.StatusNone: "none", outgrow.StatusDenied: "denied",
	outgrow.StatusMiss: "miss", outgrow.StatusAbsent: "absent", outgrow.StatusWait: "wait",
	outgrow.StatusLapsed: "lapsed", outgrow.StatusStale: "stale", outgrow.StatusFull: "full",
}
