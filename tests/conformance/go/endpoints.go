// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type endpointsDriver struct{ *outgrow.Endpoints }

func openEndpoints(v *vector) driver {
	return endpointsDriver{made(outgrow.NewEndpoints(outgrow.EndpointsOptions{Named: named(v.Config), Scope: v.scope, Name: v.name}))}
}

func (d endpointsDriver) close() { d.Close() }

func addEndpoint(e *outgrow.Endpoints, s step) any {
	how := e.Add
	if s.text("op") == "put" {
		how = e.Put
	}
	index, err := how(s.text("name"), s.integer("weight", 1), s.text("zone"))
	var failed *outgrow.Error
	if errors.As(err, &failed) {
		return step{"error": int32(failed.Status), "option": failed.Option}
	}
	must(err)
	return index
}

func (d endpointsDriver) step(s step, _ time.Duration) any {
	index := int32(s.integer("index", -1))
	switch s.text("op") {
	case "count":
		return made(d.Count())
	case "add", "put":
		return addEndpoint(d.Endpoints, s)
	case "find":
		index, found, err := d.Find(s.text("name"))
		must(err)
		if !found {
			return "none"
		}
		return index
	case "remove":
		return okOrInvalid(d.Remove(index))
	case "set_weight":
		return okOrInvalid(d.SetWeight(index, s.integer("weight", 1)))
	case "set_healthy":
		return okOrInvalid(d.SetHealthy(index, s.truth("healthy", true)))
	case "name":
		return textOrInvalid(d.Name(index))
	case "zone":
		return textOrInvalid(d.Zone(index))
	case "weight":
		return numberOrInvalid(d.Weight(index))
	case "healthy":
		healthy, err := d.Healthy(index)
		if healthy {
			return numberOrInvalid(int64(1), err)
		}
		return numberOrInvalid(int64(0), err)
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func textOrInvalid(text string, err error) any {
	if err != nil {
		return "invalid"
	}
	return text
}
