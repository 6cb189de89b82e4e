// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/outgrow/outgrow/bindings/go"
)

// Transport is an http.RoundTripper that asks a breaker and a balancer before each request. What is nil
// is not asked. A response of status 500 and above, and a request that fails, count as failures, also
// by its context's deadline or the client's Timeout; one whose context was cancelled counts for nothing.
//
// The call is over when the response's body is read or closed: until then it is in flight, and its
// endpoint's latency is the whole. The errors are [outgrow.OpenError], [outgrow.ErrNone] and
// [outgrow.ErrFull].
type Transport struct {
	Base     http.RoundTripper // nil is http.DefaultTransport
	Breaker  *outgrow.CircuitBreaker
	Balancer *outgrow.Balancer
	// Endpoints are the balancer's; their names are hosts, as "10.0.0.7:8080". Over https it is them that
	// certificates must be for, unless Base's TLSClientConfig has a ServerName.
	Endpoints *outgrow.Endpoints
	// Key is what consistent hashing goes by; nil is the URL's path.
	Key KeyFunc
}

// RoundTrip sends the request to the endpoint that the balancer picks.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	h := &held{t: t}
	sent, answered := false, false
	defer func() { // also when Key or Base panics
		switch {
		case !sent:
			h.once.Do(h.giveBack)
		case !answered:
			h.end(r.Context(), false)
		}
	}()
	host, err := h.take(r)
	if err != nil {
		closeBody(r)
		return nil, err
	}
	if host != "" {
		// A round tripper does not change the request that it is given.
		r = r.Clone(r.Context())
		if r.Host == "" {
			r.Host = r.URL.Host
		}
		r.URL.Host = host
	}
	sent = true
	response, err := t.base().RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answered = true
	h.until(r.Context(), response)
	return response, nil
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

// CloseIdleConnections closes those of Base, for http.Client's method of that name.
func (t *Transport) CloseIdleConnections() {
	if c, can := t.base().(interface{ CloseIdleConnections() }); can {
		c.CloseIdleConnections()
	}
}

// What a request has entered, to be given back once.
type held struct {
	t      *Transport
	permit outgrow.Permit
	ticket outgrow.Ticket
	once   sync.Once
}

func (h *held) take(r *http.Request) (host string, err error) {
	t := h.t
	if t.Breaker != nil {
		if h.permit, err = t.Breaker.Enter(); err != nil {
			return "", err
		}
		if h.permit == 0 {
			return "", t.Breaker.Refusal()
		}
	}
	if t.Balancer == nil {
		return "", nil
	}
	key := r.URL.Path
	if t.Key != nil {
		key = t.Key(r)
	}
	ticket, endpoint, outcome, err := t.Balancer.Acquire(key)
	switch {
	case err != nil:
		return "", err
	case outcome == outgrow.StatusFull:
		return "", outgrow.ErrFull
	case outcome != outgrow.StatusOK:
		return "", outgrow.ErrNone
	}
	h.ticket = ticket
	return t.Endpoints.Name(endpoint)
}

// until ends the call when the response's body does. One without a body is over, and need not be closed.
func (h *held) until(ctx context.Context, response *http.Response) {
	success := response.StatusCode < http.StatusInternalServerError
	if response.Body == nil || response.Body == http.NoBody {
		h.end(ctx, success)
		return
	}
	b := &body{ReadCloser: response.Body, end: func(read error) { h.end(ctx, success && read == nil) }}
	response.Body = b
	// After 101 Switching Protocols the body is the connection, which is written to as well.
	if w, can := b.ReadCloser.(io.Writer); can {
		response.Body = struct {
			*body
			io.Writer
		}{b, w}
	}
}

func (h *held) end(ctx context.Context, success bool) {
	h.once.Do(func() {
		if !success && ctx.Err() == context.Canceled {
			h.giveBack()
			return
		}
		if h.permit != 0 {
			h.t.Breaker.Exit(h.permit, success)
		}
		if h.ticket != 0 {
			h.t.Balancer.Release(h.ticket, success, outgrow.Measured)
		}
	})
}

func (h *held) giveBack() {
	if h.permit != 0 {
		h.t.Breaker.Cancel(h.permit)
	}
	if h.ticket != 0 {
		h.t.Balancer.Cancel(h.ticket)
	}
}

type body struct {
	io.ReadCloser
	end func(read error)
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.end(nil)
	} else if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
	b.end(nil)
	return b.ReadCloser.Close()
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		r.Body.Close()
	}
}
