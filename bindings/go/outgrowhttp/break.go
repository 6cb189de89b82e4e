// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"net/http"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// Break lets requests through as the breaker says; one that it refuses is 503 with Retry-After. A status
// of 500 and above counts as a failure, as does a panic; nothing counts when the client went away.
func Break(b *outgrow.CircuitBreaker) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			permit, err := b.Enter()
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			if permit == 0 {
				wait, _ := b.RetryAfter()
				Unavailable(w, wait)
				return
			}
			watched := &statusWriter{ResponseWriter: w}
			returned := false
			defer func() {
				switch {
				case returned && watched.status < http.StatusInternalServerError:
					b.Exit(permit, true)
				case returned && r.Context().Err() != nil:
					b.Cancel(permit)
				default:
					b.Exit(permit, false)
				}
			}()
			next.ServeHTTP(watched, r)
			returned = true
		})
	}
}

// Unavailable answers 503, to be asked again after wait, but not at once: half-open, a breaker may have
// its permits back any moment. It is for what [outgrow.OpenError] says.
func Unavailable(w http.ResponseWriter, wait time.Duration) {
	if wait < time.Second {
		wait = time.Second
	}
	if wait != outgrow.Never {
		w.Header().Set("Retry-After", seconds(wait))
	}
	http.Error(w, "the service behind is failing", http.StatusServiceUnavailable)
}

type statusWriter struct {
	http.ResponseWriter
	status int // 0 until written, and then the first
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush sends what is buffered, where the writer below can.
func (w *statusWriter) Flush() {
	if f, can := w.ResponseWriter.(http.Flusher); can {
		f.Flush()
	}
}
