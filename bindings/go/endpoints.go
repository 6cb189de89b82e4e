// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Endpoints are the servers that balancers choose among: name, weight, zone, health, calls in flight,
// latency. The set may change while others pick. An endpoint is known by its index, from 0 up, which is
// its own for as long as it is in the set. Safe from every goroutine.
type Endpoints noun

// NewEndpoints makes an empty set. In a scope it is one set for all processes: who is in it, weights,
// health, calls in flight, and the turns of the balancers over it.
func NewEndpoints(o EndpointsOptions) (*Endpoints, error) {
	n, err := createIn("Endpoints", &o, o.Scope, o.Name, nil, withoutClock(raw.Og_endpoints_create_in), raw.Og_endpoints_destroy)
	return (*Endpoints)(n), err
}

// Close gives the set up; balancers over it keep it.
func (e *Endpoints) Close() error { return (*noun)(e).close() }

// Add adds an endpoint, healthy, and returns its index. The name is not empty and not yet in the set;
// weight is 0, never picked, to 1000000; zone may be "".
func (e *Endpoints) Add(name string, weight int64, zone string) (int32, error) {
	return e.put(raw.Og_endpoints_add, name, weight, zone)
}

// Put is Add, and one that is in the set under that name is given the weight; its health stays. For
// several who say what they want there, such as the processes of a scope. Of one in the set, zone is
// the one that it has, or "".
func (e *Endpoints) Put(name string, weight int64, zone string) (int32, error) {
	return e.put(raw.Og_endpoints_put, name, weight, zone)
}

func (e *Endpoints) put(how func(h uintptr, name string, weight int64, zone string, failed *uintptr) int32, name string, weight int64, zone string) (int32, error) {
	if err := plain("name", name); err != nil {
		return 0, err
	}
	if err := plain("zone", zone); err != nil {
		return 0, err
	}
	n := (*noun)(e)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	defer n.leave(s)
	var failed uintptr
	index := how(n.handle, name, weight, zone, &failed)
	if index < 0 {
		return 0, failure(index, failed)
	}
	return index, nil
}

// Remove takes an endpoint out of the set; calls in flight go on.
func (e *Endpoints) Remove(index int32) error {
	return e.change(func(h uintptr, failed *uintptr) int32 { return raw.Og_endpoints_remove(h, index, failed) })
}

// SetWeight changes an endpoint's weight: 0, never picked, to 1000000.
func (e *Endpoints) SetWeight(index int32, weight int64) error {
	return e.change(func(h uintptr, failed *uintptr) int32 {
		return raw.Og_endpoints_set_weight(h, index, weight, failed)
	})
}

// SetHealthy says whether an endpoint may be picked.
func (e *Endpoints) SetHealthy(index int32, healthy bool) error {
	return e.change(func(h uintptr, failed *uintptr) int32 {
		return raw.Og_endpoints_set_healthy(h, index, bit(healthy), failed)
	})
}

func (e *Endpoints) change(change func(handle uintptr, failed *uintptr) int32) error {
	n := (*noun)(e)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	defer n.leave(s)
	var failed uintptr
	if status := change(n.handle, &failed); status != 0 {
		return failure(status, failed)
	}
	return nil
}

// Find is the index of a name, and whether it is in the set.
func (e *Endpoints) Find(name string) (index int32, found bool, err error) {
	if err := plain("name", name); err != nil {
		return 0, false, err
	}
	n := (*noun)(e)
	s := n.enter()
	if s == nil {
		return 0, false, ErrClosed
	}
	index = raw.Og_endpoints_find(n.handle, name)
	n.leave(s)
	if Status(index) == StatusNone {
		return 0, false, nil
	}
	if index < 0 {
		return 0, false, fault(index, "name")
	}
	return index, true, nil
}

// Count is how many are in the set, the unhealthy included.
func (e *Endpoints) Count() (int64, error) { return e.ask(raw.Og_endpoints_count) }

// Name is the name under an index; a removed endpoint's until the index is given to another.
func (e *Endpoints) Name(index int32) (string, error) { return e.text(raw.Og_endpoints_name, index) }

// Zone is the zone under an index, or "".
func (e *Endpoints) Zone(index int32) (string, error) { return e.text(raw.Og_endpoints_zone, index) }

func (e *Endpoints) text(of func(uintptr, int32, *uintptr, *uintptr) int32, index int32) (string, error) {
	var text uintptr
	err := e.change(func(h uintptr, failed *uintptr) int32 { return of(h, index, &text, failed) })
	if err != nil {
		return "", err
	}
	defer raw.Og_text_destroy(text)
	return raw.Og_text_data(text), nil
}

// Weight is an endpoint's weight.
func (e *Endpoints) Weight(index int32) (int64, error) {
	return e.ask(func(h uintptr) int64 { return raw.Og_endpoints_weight(h, index) })
}

// Healthy is whether an endpoint may be picked.
func (e *Endpoints) Healthy(index int32) (bool, error) {
	healthy, err := e.ask(func(h uintptr) int64 { return int64(raw.Og_endpoints_healthy(h, index)) })
	return healthy == 1, err
}

// InFlight counts calls acquired and not yet returned, by all balancers over the set.
func (e *Endpoints) InFlight(index int32) (int64, error) {
	return e.ask(func(h uintptr) int64 { return raw.Og_endpoints_in_flight(h, index) })
}

// Calls counts calls returned.
func (e *Endpoints) Calls(index int32) (int64, error) {
	return e.ask(func(h uintptr) int64 { return raw.Og_endpoints_calls(h, index) })
}

// Failures counts calls returned that failed.
func (e *Endpoints) Failures(index int32) (int64, error) {
	return e.ask(func(h uintptr) int64 { return raw.Og_endpoints_failures(h, index) })
}

// Latency is what a share (0 to 1, such as 0.99) of the returned calls did not exceed, to within 25 %;
// 0 before the first.
func (e *Endpoints) Latency(index int32, share float64) (time.Duration, error) {
	ns, err := e.ask(func(h uintptr) int64 { return raw.Og_endpoints_latency(h, index, share) })
	return time.Duration(ns), err
}

func (e *Endpoints) ask(what func(uintptr) int64) (int64, error) {
	return (*noun)(e).ask("index or share", what)
}
