// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/outgrow/outgrow/bindings/go/outgrowhttp"
)

// catalogue is the items, for clients within their rate: cached for a second, loaded by one caller at a
// time, through a breaker.
type catalogue struct {
	items   *items
	limiter *outgrow.RateLimiter
	breaker *outgrow.CircuitBreaker
	cache   *outgrow.Cache[int64, item]
	metrics *outgrow.Metrics
}

func newCatalogue(items *items, rate string) (c *catalogue, err error) {
	c = &catalogue{items: items}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.limiter, err = outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: rate}); err != nil {
		return nil, err
	}
	c.breaker, err = outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{FailureThreshold: 3, Open: time.Second})
	if err != nil {
		return nil, err
	}
	options := outgrow.CacheOptions{TTL: time.Second, NegativeTTL: time.Second}
	if c.cache, err = outgrow.NewCache[int64](options, outgrow.JSON[item]()); err != nil {
		return nil, err
	}
	if c.metrics, err = outgrow.NewMetrics(outgrow.MetricsOptions{}); err != nil {
		return nil, err
	}
	if err = c.metrics.AddLimiter("clients", c.limiter); err != nil {
		return nil, err
	}
	if err = c.metrics.AddBreaker("database", c.breaker); err != nil {
		return nil, err
	}
	return c, c.metrics.AddCache("items", c.cache.Bytes())
}

// Nouns that were not made are nil, and close as such.
func (c *catalogue) close() {
	c.metrics.Close()
	c.cache.Close()
	c.breaker.Close()
	c.limiter.Close()
}

func (c *catalogue) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/items/", outgrowhttp.Limit(c.limiter, client)(http.HandlerFunc(c.serveItem)))
	mux.HandleFunc("/metrics", c.serveMetrics)
	return mux
}

// A client is who it says it is, behind a gateway that knows; else its address.
func client(r *http.Request) string {
	if name := r.Header.Get("X-Client"); name != "" {
		return name
	}
	return outgrowhttp.RemoteHost(r)
}

func (c *catalogue) serveItem(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(strings.TrimPrefix(r.URL.Path, "/items/"), 10, 63)
	if err != nil {
		http.Error(w, "an id is a whole number", http.StatusBadRequest)
		return
	}
	found := "hit"
	i, err := c.cache.Load(r.Context(), int64(id), func(ctx context.Context) (item, error) {
		found = "miss"
		return outgrow.Call(ctx, c.breaker, func(ctx context.Context) (item, error) {
			return c.items.get(ctx, int64(id))
		})
	})
	var open *outgrow.OpenError
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Cache", found)
		json.NewEncoder(w).Encode(i)
	case errors.Is(err, outgrow.ErrAbsent):
		http.Error(w, "no such item", http.StatusNotFound)
	case errors.As(err, &open):
		outgrowhttp.Unavailable(w, open.RetryAfter)
	default:
		http.Error(w, "the database failed", http.StatusBadGateway)
	}
}

func (c *catalogue) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	text, err := c.metrics.Render()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", outgrow.MetricsContentType)
	io.WriteString(w, text)
}
