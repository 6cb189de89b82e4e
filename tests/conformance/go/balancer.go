// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *balancerDriver) open(v *vector) {
	d.endpoints = made(outgrow.NewEndpoints(outgrow.EndpointsOptions{
		MaxEndpoints: v.Setup.integer("max_endpoints", 256), Scope: v.scope, Name: v.name}))
	for _, member := range v.Setup.list("endpoints") {
		e := step(member.(map[string]any))
		made(d.endpoints.Add(e.text("name"), e.integer("weight", 1), e.text("zone")))
	}
	d.balancer = made(outgrow.NewBalancer(outgrow.BalancerOptions{Named: named(v.Config), Clock: v.clock}, d.endpoints))
}

func (d *balancerDriver) pickMany(s step, _ time.Duration) any {
	keys := s.texts("keys")
	count := int64(len(keys))
	if keys == nil {
		count = s.integer("count", 0)
	}
	picked := make([]int32, count)
	must(d.balancer.PickMany(keys, picked))
	names := []any{}
	for _, index := range picked {
		names = append(names, nameOf(d.endpoints, index))
	}
	return names
}
