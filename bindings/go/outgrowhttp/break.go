// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// Break lets requests through as the breaker says; one that it refuses is 503 with Retry-After. A status
// of 500 and above counts as a failure, as does a panic; neither counts when the client went away. The
// handler's writer can flush, hijack and read from what it sends where the one that Break was given can.
func Break(b *outgrow.CircuitBreaker) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			permit, err := b.Enter()
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			if permit == 0 {
				var open *outgrow.OpenError
				if refused := b.Refusal(); errors.As(refused, &open) {
					Unavailable(w, open.RetryAfter)
				} else {
					http.Error(w, refused.Error(), http.StatusServiceUnavailable)
				}
				return
			}
			watched := &statusWriter{ResponseWriter: w}
			returned := false
			defer func() {
				switch {
				case returned && watched.status < http.StatusInternalServerError:
					b.Exit(permit, true)
				case r.Context().Err() == context.Canceled: // a reverse proxy panics then: http.ErrAbortHandler
					b.Cancel(permit)
				default:
					b.Exit(permit, false)
				}
			}()
			next.ServeHTTP(watched.asCapable(), r)
			returned = true
		})
	}
}

// Unavailable answers 503, to be asked again after wait, rounded up to whole seconds, but not at once:
// half-open, a breaker may have its permits back any moment. It is for what [outgrow.OpenError] says.
func Unavailable(w http.ResponseWriter, wait time.Duration) {
	if wait < time.Second {
		wait = time.Second
	}
	if wait != outgrow.Never {
		w.Header().Set("Retry-After", seconds(wait))
	}
	http.Error(w, "the service behind is failing", http.StatusServiceUnavailable)
}
