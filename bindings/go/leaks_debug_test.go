// SPDX-License-Identifier: Apache-2.0

//go:build debug

package outgrow

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// Whatever a noun was made by, its leak is told with the line of who called this package.
func TestLeaksNameTheCaller(t *testing.T) {
	n := everyNoun(t)
	n.cache.Set("k", []byte("v"), 0)
	n.cached.Set("k", []byte("v"))
	for what, make := range map[string]func() interface{ Close() error }{
		"Value": func() interface{ Close() error } { v, _, _ := n.cache.Pin("k"); return v },
		"Query": func() interface{ Close() error } { q, _ := n.gather.StartAll(1); return q },
		"Batch": func() interface{ Close() error } { b, _ := NewBatch(); return b },
		"BytesCache": func() interface{ Close() error } {
			c, _ := NewCache[string](CacheOptions{}, Text())
			return c
		},
		"RateLimiter": func() interface{ Close() error } { l, _ := n.service.Limiter(); return l },
		"ShardMap":    func() interface{ Close() error } { m, _ := n.shards.Copy(); return m },
	} {
		before := strings.Join(Leaks(), "\n")
		made := make()
		_, file, _, _ := runtime.Caller(0)
		for _, leak := range Leaks() {
			if !strings.Contains(before, leak) && !strings.HasPrefix(leak, fmt.Sprintf("%s made at %s:", what, file)) {
				t.Errorf("%s: %s", what, leak)
			}
		}
		made.Close()
	}
}
