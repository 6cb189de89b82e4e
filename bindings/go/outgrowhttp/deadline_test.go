// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// A server that hangs is seen by the client's time limit alone: beyond it, the request has failed.
func TestTransportCountsTimeouts(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	e, err := outgrow.NewEndpoints(outgrow.EndpointsOptions{})
	made(t, e, err)
	e.Add(strings.TrimPrefix(s.URL, "http://"), 1, "")
	bal, err := outgrow.NewBalancer(outgrow.BalancerOptions{}, e)
	made(t, bal, err)
	b := breaker(t) // opens after two
	transport := &Transport{Breaker: b, Balancer: bal, Endpoints: e}
	if _, err := (&http.Client{Transport: transport, Timeout: 10 * time.Millisecond}).Get("http://catalogue/"); err == nil {
		t.Fatal("no timeout")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", "http://catalogue/", nil)
	if _, err := (&http.Client{Transport: transport}).Do(r); err == nil {
		t.Fatal("no timeout")
	}
	failures, _ := e.Failures(0)
	if state, _ := b.State(); failures != 2 || state != outgrow.BreakerOpen {
		t.Fatal(failures, state)
	}
}
