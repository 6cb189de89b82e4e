// SPDX-License-Identifier: Apache-2.0

package outgrow

import "github.com/outgrow/outgrow/bindings/go/internal/raw"

// Limiter is the service's own, to be closed by the caller, whether or not the service still exists; nil
// when the service is without it, as all below.
func (v *Service) Limiter() (*RateLimiter, error) {
	n, err := v.layer("RateLimiter", raw.Og_service_limiter, raw.Og_limiter_destroy)
	return (*RateLimiter)(n), err
}

// Endpoints are the service's own: servers may be added, removed and marked unhealthy.
func (v *Service) Endpoints() (*Endpoints, error) {
	n, err := v.layer("Endpoints", raw.Og_service_endpoints, raw.Og_endpoints_destroy)
	return (*Endpoints)(n), err
}

// Balancer is the service's own.
func (v *Service) Balancer() (*Balancer, error) {
	n, err := v.layer("Balancer", raw.Og_service_balancer, raw.Og_balancer_destroy)
	return (*Balancer)(n), err
}

// Cache is the service's own.
func (v *Service) Cache() (*BytesCache, error) {
	n, err := v.layer("BytesCache", raw.Og_service_cache, raw.Og_cache_destroy)
	return (*BytesCache)(n), err
}

// Replicas is the service's own router.
func (v *Service) Replicas() (*ReplicaRouter, error) {
	n, err := v.layer("ReplicaRouter", raw.Og_service_replicas, raw.Og_replicas_destroy)
	return (*ReplicaRouter)(n), err
}

// Breaker is that of the server with this index; without a balancer there is one, whatever the index.
func (v *Service) Breaker(server int32) (*CircuitBreaker, error) {
	n, err := v.layer("CircuitBreaker", func(h uintptr, out, failed *uintptr) int32 {
		return raw.Og_service_breaker(h, server, out, failed)
	}, raw.Og_breaker_destroy)
	return (*CircuitBreaker)(n), err
}

func (v *Service) layer(kind string, of func(handle uintptr, out, failed *uintptr) int32, destroy func(uintptr)) (*noun, error) {
	n := (*noun)(v)
	s := n.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer n.leave(s)
	var layer, failed uintptr
	status := of(n.handle, &layer, &failed)
	switch {
	case Status(status) == StatusNone:
		if failed != 0 {
			raw.Og_error_destroy(&failed)
		}
		return nil, nil
	case status != 0:
		return nil, failure(status, failed)
	}
	return own(kind, layer, destroy), nil
}
