// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type metricsDriver struct {
	*outgrow.Metrics
	ids map[string]outgrow.Series
}

func openMetrics(v *vector) driver {
	m := made(outgrow.NewMetrics(outgrow.MetricsOptions{Named: named(v.Config), Scope: v.scope, Name: v.name}))
	return metricsDriver{m, map[string]outgrow.Series{}}
}

func (d metricsDriver) close() { d.Close() }

func (d metricsDriver) step(s step, _ time.Duration) any {
	id := d.ids[s.text("id")]
	switch s.text("op") {
	case "counter":
		return d.define(s, d.Counter)
	case "gauge":
		return d.define(s, d.Gauge)
	case "histogram":
		return d.define(s, d.Histogram)
	case "increment":
		return okOrInvalid(d.Increment(id, s.integer("by", 0)))
	case "set":
		return okOrInvalid(d.Set(id, s.number("value", 0)))
	case "observe":
		return okOrInvalid(d.Observe(id, time.Duration(s.integer("ns", 0))))
	case "render":
		lines := []any{}
		for _, line := range strings.Split(made(d.Render()), "\n") {
			if line != "" && strings.HasPrefix(line, s.text("prefix")) {
				lines = append(lines, line)
			}
		}
		return lines
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func (d metricsDriver) define(s step, define func(name, help, instance string) (outgrow.Series, error)) any {
	id, err := define(s.text("name"), s.text("help"), s.text("instance"))
	if err == nil {
		d.ids[s.text("as")] = id
	}
	return okOrInvalid(err)
}
