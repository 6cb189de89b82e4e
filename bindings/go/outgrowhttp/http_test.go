// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func made[N interface{ Close() error }](t *testing.T, noun N, err error) N {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noun.Close() })
	return noun
}

func clock(t *testing.T) *outgrow.Clock {
	c, err := outgrow.NewManualClock(0)
	return made(t, c, err)
}

func breaker(t *testing.T) *outgrow.CircuitBreaker {
	b, err := outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{FailureThreshold: 2,
		Open: 30 * time.Second, Clock: clock(t)})
	return made(t, b, err)
}

func serve(h http.Handler, from string) *http.Response {
	r := httptest.NewRequest("GET", "/items/1", nil)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestLimit(t *testing.T) {
	l, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "2/min", Clock: clock(t)})
	made(t, l, err)
	h := Limit(l, nil)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for i, want := range []struct {
		from, limit, retry string
		status             int
	}{
		{"10.0.0.1:1000", `"default";r=1;t=30`, "", 200},
		{"10.0.0.1:1001", `"default";r=0;t=30`, "", 200},
		{"10.0.0.1:1002", `"default";r=0;t=30`, "30", 429},
		{"[2001:db8::1]:1000", `"default";r=1;t=30`, "", 200},
		{"[2001:db8::2]:1000", `"default";r=0;t=30`, "", 200},
		{"10.0.0.2:1000", `"default";r=1;t=30`, "", 200},
	} {
		r := serve(h, want.from)
		got := r.Header
		if r.StatusCode != want.status || got.Get("RateLimit") != want.limit ||
			got.Get("RateLimit-Policy") != `"default";q=2;w=60` || got.Get("Retry-After") != want.retry {
			t.Fatal(i, r.StatusCode, got)
		}
		body, _ := io.ReadAll(r.Body)
		if denied := r.StatusCode == 429; denied != strings.Contains(string(body), `#quota-exceeded"`) ||
			denied != (got.Get("Content-Type") == "application/problem+json") {
			t.Fatal(i, string(body), got)
		}
	}
	l.Close()
	if r := serve(h, "10.0.0.1:1"); r.StatusCode != 503 {
		t.Fatal(r.StatusCode)
	}
}

func TestLimitBehindProxies(t *testing.T) {
	l, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "1/min", Name: "l\u00f6gin", Clock: clock(t)})
	made(t, l, err)
	if r := serve(Limit(l, nil)(http.NotFoundHandler()), "192.0.2.1:1"); r.Header.Get("RateLimit") != `"default";r=0;t=60` {
		t.Fatal(r.Header)
	}
	o := outgrow.HttpLimitOptions{Fields: outgrow.HttpLimitFieldsXRatelimit, Policy: "p", Trusted: "10.0.0.0/8"}
	h, err := outgrow.NewHttpLimit(o, l)
	made(t, h, err)
	handler := LimitWith(l, h, Client(h, "X-Forwarded-For"))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(lines ...string) int {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "10.0.0.1:80"
		r.Header["X-Forwarded-For"] = lines
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Header().Get("X-RateLimit-Limit") != "1" || w.Header().Get("RateLimit") != "" {
			t.Fatal(w.Header())
		}
		return w.Code
	}
	for i, want := range []int{200, 429, 429, 200} {
		lines := [][]string{{"203.0.113.9"}, {"198.51.100.1, 203.0.113.9"}, {"198.51.100.2", "203.0.113.9"}, {"198.51.100.1"}}[i]
		if got := ask(lines...); got != want {
			t.Fatal(i, got)
		}
	}
}

func TestBreak(t *testing.T) {
	b := breaker(t)
	var next http.HandlerFunc
	h := Break(b)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next(w, r) }))
	next = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
	serve(h, "a:1")
	func() {
		defer func() { recover() }()
		next = func(http.ResponseWriter, *http.Request) { panic("bad") }
		serve(h, "a:1")
	}()
	r := serve(h, "a:1")
	if r.StatusCode != 503 || r.Header.Get("Retry-After") != "30" {
		t.Fatal(r.StatusCode, r.Header)
	}
}

// A client that goes away says nothing of the handler.
func TestBreakDoesNotCountTheClientsLeaving(t *testing.T) {
	b := breaker(t)
	h := Break(b)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for i := 0; i < 5; i++ {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx))
	}
	if state, _ := b.State(); state != outgrow.BreakerClosed {
		t.Fatal(state)
	}
}

// Half-open, the one that tries may end any moment: not after the minute at which it is given up.
func TestBreakTriesOne(t *testing.T) {
	c := clock(t)
	b, err := outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{FailureThreshold: 1, Open: time.Second, Clock: c})
	made(t, b, err)
	permit, _ := b.Enter()
	b.Exit(permit, false)
	c.Advance(time.Second)
	if permit, err := b.Enter(); permit == 0 || err != nil {
		t.Fatal(permit, err)
	}
	r := serve(Break(b)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("two try") })), "a:1")
	if r.StatusCode != 503 || r.Header.Get("Retry-After") != "1" {
		t.Fatal(r.StatusCode, r.Header)
	}
	client := http.Client{Transport: &Transport{Breaker: b}}
	var open *outgrow.OpenError
	if _, err := client.Get("http://catalogue/"); !errors.As(err, &open) || open.RetryAfter != 0 {
		t.Fatal(err)
	}
	b.Close()
	if r := serve(Break(b)(http.NotFoundHandler()), "a:1"); r.StatusCode != 503 {
		t.Fatal(r.StatusCode)
	}
}

func TestMetrics(t *testing.T) {
	m, err := outgrow.NewMetrics(outgrow.MetricsOptions{})
	made(t, m, err)
	if err := m.AddBreaker("db", breaker(t)); err != nil {
		t.Fatal(err)
	}
	r := serve(Metrics(m), "a:1")
	text, _ := io.ReadAll(r.Body)
	if r.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" ||
		!strings.Contains(string(text), "\noutgrow_breaker_state{name=\"db\"} 0\n") {
		t.Fatal(r.Header, string(text))
	}
	m.Close()
	if r := serve(Metrics(m), "a:1"); r.StatusCode != 503 {
		t.Fatal(r.StatusCode)
	}
}

func TestTransport(t *testing.T) {
	e, err := outgrow.NewEndpoints(outgrow.EndpointsOptions{})
	made(t, e, err)
	status := http.StatusOK
	for i := 0; i < 2; i++ {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, r.Host)
		}))
		defer s.Close()
		if _, err := e.Add(strings.TrimPrefix(s.URL, "http://"), 1, ""); err != nil {
			t.Fatal(err)
		}
	}
	bal, err := outgrow.NewBalancer(outgrow.BalancerOptions{Seed: 1}, e)
	made(t, bal, err)
	b := breaker(t)
	client := http.Client{Transport: &Transport{Breaker: b, Balancer: bal, Endpoints: e}}

	for i := 0; i < 4; i++ {
		r, err := client.Get("http://catalogue/items/1")
		if err != nil {
			t.Fatal(err)
		}
		if flying, _ := e.InFlight(int32(i % 2)); flying != 1 {
			t.Fatal("in flight before its body is read:", flying)
		}
		if got, _ := io.ReadAll(r.Body); string(got) != "catalogue" {
			t.Fatalf("Host: %s", got)
		}
		r.Body.Close()
	}
	for index := int32(0); index < 2; index++ {
		calls, _ := e.Calls(index)
		flying, _ := e.InFlight(index)
		if calls != 2 || flying != 0 {
			t.Fatal(index, calls, flying)
		}
	}

	status = http.StatusInternalServerError
	for i := 0; i < 2; i++ {
		r, err := client.Get("http://catalogue/")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
	var open *outgrow.OpenError
	if _, err := client.Get("http://catalogue/"); !errors.As(err, &open) || open.RetryAfter != 30*time.Second {
		t.Fatal(err)
	}
	b.Reset()
	e.SetHealthy(0, false)
	e.SetHealthy(1, false)
	if _, err := client.Get("http://catalogue/"); !errors.Is(err, outgrow.ErrNone) {
		t.Fatal(err)
	}
}

// A request that is given up gives its permit and its ticket back.
func TestTransportCancelled(t *testing.T) {
	arrived := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	defer s.Close()
	e, err := outgrow.NewEndpoints(outgrow.EndpointsOptions{})
	made(t, e, err)
	e.Add(strings.TrimPrefix(s.URL, "http://"), 1, "")
	bal, err := outgrow.NewBalancer(outgrow.BalancerOptions{}, e)
	made(t, bal, err)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	r, _ := http.NewRequestWithContext(ctx, "GET", "http://catalogue/", nil)
	if _, err := (&http.Client{Transport: &Transport{Balancer: bal, Endpoints: e}}).Do(r); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	calls, _ := e.Calls(0)
	flying, _ := e.InFlight(0)
	if calls != 0 || flying != 0 {
		t.Fatal(calls, flying)
	}
}

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
