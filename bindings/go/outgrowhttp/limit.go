// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// KeyFunc is whose rate a request counts against. It should be something that clients cannot choose
// freely.
type KeyFunc func(*http.Request) string

// RemoteHost is the address of the connection's other end, without the port. Behind a proxy that is the
// proxy's.
func RemoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Client is the key of the client that a request comes from, as h has it: of IPv6 its network, and behind
// the proxies that h trusts the address that they give in the field, X-Forwarded-For or Forwarded, whichever
// h was told to read.
func Client(h *outgrow.HttpLimit, field string) KeyFunc {
	return func(r *http.Request) string {
		key, err := h.Client(r.RemoteAddr, strings.Join(r.Header.Values(field), ","))
		if err != nil { // closed
			return RemoteHost(r)
		}
		return key
	}
}

// Limit is [LimitWith] with the options' defaults. Where the limiter's name is none that a field can
// carry, its policy is told as "default".
func Limit(l *outgrow.RateLimiter, key KeyFunc) func(http.Handler) http.Handler {
	h, err := outgrow.NewHttpLimit(outgrow.HttpLimitOptions{}, l)
	if errors.Is(err, outgrow.ErrBadValue) {
		h, err = outgrow.NewHttpLimit(outgrow.HttpLimitOptions{Policy: "default"}, l)
	}
	if err != nil {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			})
		}
	}
	return LimitWith(l, h, key)
}

// LimitWith lets requests through as the limiter says, by key. A nil key is the client that the connection
// comes from, by [Client] without a field. Every answer carries the fields that h has, RateLimit and
// RateLimit-Policy if it was not told otherwise. One that is denied is 429 with Retry-After and the problem
// quota-exceeded. A limiter that is closed answers 503.
func LimitWith(l *outgrow.RateLimiter, h *outgrow.HttpLimit, key KeyFunc) func(http.Handler) http.Handler {
	if key == nil {
		key = Client(h, "")
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			whose := key(r)
			wait, err := l.Acquire(whose, 1)
			if err == nil {
				err = setFields(w.Header(), h, whose, wait)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			if wait > 0 {
				deny(w, h, wait)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func setFields(to http.Header, h *outgrow.HttpLimit, key string, wait time.Duration) error {
	lines, err := h.Fields(key, wait, "")
	for err == nil && lines != "" {
		line, rest, _ := strings.Cut(lines, "\r\n")
		name, value, _ := strings.Cut(line, ": ")
		to.Set(name, value)
		lines = rest
	}
	return err
}

func deny(w http.ResponseWriter, h *outgrow.HttpLimit, wait time.Duration) {
	body, err := h.Problem(wait, outgrow.HttpProblemQuotaExceeded)
	if err != nil {
		http.Error(w, "over the rate limit", http.StatusTooManyRequests)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusTooManyRequests)
	io.WriteString(w, body)
}

// HTTP counts in whole seconds: one that comes back after them must not be early.
func seconds(d time.Duration) string {
	whole := d / time.Second
	if d%time.Second > 0 {
		whole++
	}
	return strconv.FormatInt(int64(whole), 10)
}
