// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// The handler's writer can what the one below can, and no more.
func TestBreakPassesCapabilities(t *testing.T) {
	b := breaker(t)
	type can struct{ flush, hijack, readFrom bool }
	var got can
	h := Break(b)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, got.flush = w.(http.Flusher)
		_, got.hijack = w.(http.Hijacker)
		_, got.readFrom = w.(io.ReaderFrom)
		if _, is := w.(interface{ Unwrap() http.ResponseWriter }); !is {
			t.Error("no Unwrap for http.ResponseController")
		}
	}))
	var plain struct{ http.ResponseWriter }
	plain.ResponseWriter = httptest.NewRecorder()
	var f struct {
		http.ResponseWriter
		http.Flusher
	}
	var r struct {
		http.ResponseWriter
		io.ReaderFrom
	}
	var hj struct {
		http.ResponseWriter
		http.Hijacker
	}
	var fr struct {
		http.ResponseWriter
		http.Flusher
		io.ReaderFrom
	}
	var hr struct {
		http.ResponseWriter
		http.Hijacker
		io.ReaderFrom
	}
	var fh struct {
		http.ResponseWriter
		http.Flusher
		http.Hijacker
	}
	var all struct {
		http.ResponseWriter
		http.Flusher
		http.Hijacker
		io.ReaderFrom
	}
	for i, of := range []struct {
		w    http.ResponseWriter
		want can
	}{
		{plain, can{}}, {f, can{flush: true}}, {hj, can{hijack: true}}, {r, can{readFrom: true}},
		{fh, can{flush: true, hijack: true}}, {fr, can{flush: true, readFrom: true}},
		{hr, can{hijack: true, readFrom: true}}, {all, can{true, true, true}},
	} {
		if h.ServeHTTP(of.w, httptest.NewRequest("GET", "/", nil)); got != of.want {
			t.Error(i, got)
		}
	}
}

// What the client has been sent is the status, whatever is said after it.
func TestBreakCountsWhatWasSent(t *testing.T) {
	b := breaker(t)
	for _, send := range []func(w http.ResponseWriter){
		func(w http.ResponseWriter) { io.WriteString(w, "ok") },
		func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		func(w http.ResponseWriter) { w.(io.ReaderFrom).ReadFrom(strings.NewReader("ok")) },
	} {
		s := httptest.NewUnstartedServer(Break(b)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			send(w)
			w.WriteHeader(500)
		})))
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // of superfluous headers
		s.Start()
		for i := 0; i < 3; i++ {
			r, err := http.Get(s.URL)
			if err != nil || r.StatusCode != 200 {
				t.Fatal(r, err)
			}
			r.Body.Close()
		}
		s.Close()
	}
	if state, _ := b.State(); state != outgrow.BreakerClosed {
		t.Fatal(state)
	}
}

// A reverse proxy whose client has gone panics with http.ErrAbortHandler: that says nothing of the servers.
func TestBreakDoesNotCountAbortsForClientsThatLeft(t *testing.T) {
	b := breaker(t)
	aborts := Break(b)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	abort := func(ctx context.Context) {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("the panic is the server's")
			}
		}()
		aborts.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx))
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for i := 0; i < 5; i++ {
		abort(gone)
	}
	if state, _ := b.State(); state != outgrow.BreakerClosed {
		t.Fatal(state)
	}
	// With the client there, and where a time limit has ended the request, it counts.
	late, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	abort(context.Background())
	abort(late)
	if state, _ := b.State(); state != outgrow.BreakerOpen {
		t.Fatal(state)
	}
}

// An upgraded connection goes through Break, a reverse proxy and Transport, both ways.
func TestUpgrade(t *testing.T) {
	echo := Break(breaker(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h, can := w.(http.Hijacker)
		if !can {
			http.Error(w, "cannot hijack", 500)
			return
		}
		c, rw, err := h.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := rw.ReadString('\n')
		io.WriteString(c, line)
	}))
	back := httptest.NewServer(echo)
	defer back.Close()
	e, err := outgrow.NewEndpoints(outgrow.EndpointsOptions{})
	made(t, e, err)
	e.Add(strings.TrimPrefix(back.URL, "http://"), 1, "")
	bal, err := outgrow.NewBalancer(outgrow.BalancerOptions{}, e)
	made(t, bal, err)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "catalogue"})
	proxy.Transport = &Transport{Balancer: bal, Endpoints: e}
	front := httptest.NewServer(proxy)
	defer front.Close()

	c, err := net.Dial("tcp", strings.TrimPrefix(front.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	in := bufio.NewReader(c)
	r, err := http.ReadResponse(in, nil)
	if err != nil || r.StatusCode != 101 {
		t.Fatal(r, err)
	}
	if flying, _ := e.InFlight(0); flying != 1 {
		t.Error("in flight while connected:", flying)
	}
	io.WriteString(c, "hello\n")
	if line, err := in.ReadString('\n'); line != "hello\n" {
		t.Fatal(line, err)
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What a request has entered is given back however it ends: by a panic of Key's as if it had not been made,
// by one of Base's as a failure, and at once where the answer has no body to close.
func TestTransportGivesBack(t *testing.T) {
	e, err := outgrow.NewEndpoints(outgrow.EndpointsOptions{})
	made(t, e, err)
	e.Add("a:80", 1, "")
	bal, err := outgrow.NewBalancer(outgrow.BalancerOptions{}, e)
	made(t, bal, err)
	b := breaker(t)
	var base tripper
	closed := 0
	transport := &Transport{Breaker: b, Balancer: bal, Endpoints: e,
		Base: struct {
			http.RoundTripper
			idle
		}{tripper(func(r *http.Request) (*http.Response, error) { return base(r) }), func() { closed++ }}}
	send := func() (r *http.Response, panicked any) {
		defer func() { panicked = recover() }()
		r, _ = transport.RoundTrip(httptest.NewRequest("GET", "http://catalogue/", nil))
		return r, nil
	}
	wants := func(what string, calls, failures int64) {
		t.Helper()
		gotCalls, _ := e.Calls(0)
		gotFailures, _ := e.Failures(0)
		if flying, _ := e.InFlight(0); flying != 0 || gotCalls != calls || gotFailures != failures {
			t.Fatal(what, flying, gotCalls, gotFailures)
		}
	}
	b.ForceClosed()
	base = func(*http.Request) (*http.Response, error) { panic("base") }
	if _, panicked := send(); panicked != "base" {
		t.Fatal(panicked)
	}
	wants("panic", 1, 1)
	base = func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }
	send()
	wants("error", 2, 2)
	base = func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
	}
	send()
	wants("no body", 3, 2)
	base = func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 204}, nil }
	send()
	wants("nil body", 4, 2)
	client := http.Client{Transport: transport}
	if client.CloseIdleConnections(); closed != 1 {
		t.Fatal("idle connections stay open")
	}

	// Half-open, the one permit must not be lost either.
	c := clock(t)
	transport.Breaker, err = outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{FailureThreshold: 1, Open: time.Minute, Clock: c})
	made(t, transport.Breaker, err)
	transport.Key = func(*http.Request) string { panic("key") }
	permit, _ := transport.Breaker.Enter()
	transport.Breaker.Exit(permit, false)
	c.Advance(time.Minute)
	for i := 0; i < 3; i++ {
		if _, panicked := send(); panicked != "key" {
			t.Fatal("the permit is gone", i, panicked)
		}
	}
	wants("key", 4, 2)
}

type idle func()

func (f idle) CloseIdleConnections() { f() }
