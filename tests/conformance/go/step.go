// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"math"
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

func (s step) texts(name string) []string {
	var texts []string
	for _, member := range s.list(name) {
		texts = append(texts, member.(string))
	}
	return texts
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

func (s step) at(now time.Duration) time.Duration {
	if _, has := s["at_ms"]; has {
		return time.Duration(math.Round(s.number("at_ms", 0) * 1e6))
	}
	return time.Duration(s.integer("at_ns", int64(now)))
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
