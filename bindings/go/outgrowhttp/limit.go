// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"net"
	"net/http"
	"strconv"
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

// Limit lets requests through as the limiter says, by key, which may be nil for [RemoteHost]. Every
// answer carries RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (draft-ietf-httpapi-ratelimit-
// headers-06); one that is denied is 429 with Retry-After. A limiter that is closed answers 503.
func Limit(l *outgrow.RateLimiter, key KeyFunc) func(http.Handler) http.Handler {
	if key == nil {
		key = RemoteHost
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			at, err := l.AcquireDetailed(key(r), 1)
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			h := w.Header()
			h.Set("RateLimit-Limit", strconv.FormatInt(at.Limit, 10))
			h.Set("RateLimit-Remaining", strconv.FormatInt(at.Remaining, 10))
			h.Set("RateLimit-Reset", seconds(at.ResetAfter))
			if at.Wait > 0 {
				h.Set("Retry-After", seconds(at.Wait))
				http.Error(w, "over the rate limit", http.StatusTooManyRequests)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// HTTP counts in whole seconds: one that comes back after them must not be early.
func seconds(d time.Duration) string {
	whole := d / time.Second
	if d%time.Second > 0 {
		whole++
	}
	return strconv.FormatInt(int64(whole), 10)
}
