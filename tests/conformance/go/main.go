// SPDX-License-Identifier: Apache-2.0

// Command go [-host] FILE... replays vectors against the Go binding, over its public interface: a driver
// a noun; with -host the nouns lie in a segment.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// A driver does one step and answers as the vector expects it.
type driver interface {
	step(s step, now time.Duration) any
	close()
}

// By noun, what opens its driver: each registers itself.
var drivers = map[string]func(v *vector) driver{}

type vector struct {
	Noun   string
	Config map[string]any
	Setup  step
	Steps  []step
	clock  *outgrow.Clock
	scope  *outgrow.Scope // of nouns that can lie in one, under a name; nil: the heap
	name   string
}

// Why a vector cannot be replayed; replay recovers it.
type failure struct{ error }

func fail(format string, arguments ...any) { must(fmt.Errorf(format, arguments...)) }

func must(err error) {
	if err != nil {
		panic(failure{err})
	}
}

func made[T any](noun T, err error) T {
	must(err)
	return noun
}

func replay(path string, host bool) (passed bool) {
	at := 0
	defer func() {
		if why, is := recover().(failure); is {
			fmt.Printf("%s: step %d: %s\n", path, at, why)
			passed = false
		}
	}()
	v := read(path)
	open := drivers[v.Noun]
	if open == nil {
		fail("no driver for noun '%s'", v.Noun)
	}
	v.clock = made(outgrow.NewManualClock(0))
	defer v.clock.Close()
	if host {
		var scopes [1]*outgrow.Scope
		attach("vector", outgrow.ScopeOptions{Size: 64 << 20}, scopes[:])
		defer scopes[0].Close()
		v.scope, v.name = scopes[0], "vector"
	}
	d := open(v)
	defer d.close()
	if len(v.Steps) == 0 {
		fail("no steps")
	}
	passed = true
	var now time.Duration
	for i, s := range v.Steps {
		at = i
		if next := s.at(now); next > now {
			must(v.clock.Set(next))
			now = next
		} else {
			now = next
		}
		wanted, has := s["expect"]
		seen := generic(d.step(s, now))
		if !has || !same(seen, wanted) {
			asked, _ := json.Marshal(s)
			answered, _ := json.Marshal(seen)
			fmt.Printf("%s: step %d %s\n  answered %s\n", path, i, asked, answered)
			passed = false
		}
	}
	return passed
}

func read(path string) *vector {
	data, err := os.ReadFile(path)
	must(err)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	v := new(vector)
	must(decoder.Decode(v))
	return v
}

// An answer as JSON would bring it back, to be compared with what JSON brought.
func generic(answer any) any {
	data, err := json.Marshal(answer)
	must(err)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var out any
	must(decoder.Decode(&out))
	return out
}

// Objects by the keys that are wanted, numbers to 1e-9.
func same(seen, wanted any) bool {
	switch w := wanted.(type) {
	case map[string]any:
		s, is := seen.(map[string]any)
		for key, value := range w {
			if found, has := s[key]; !is || !has || !same(found, value) {
				return false
			}
		}
		return is
	case []any:
		s, is := seen.([]any)
		if !is || len(s) != len(w) {
			return false
		}
		for i := range w {
			if !same(s[i], w[i]) {
				return false
			}
		}
		return true
	case json.Number:
		s, is := seen.(json.Number)
		if !is {
			return false
		}
		if s == w {
			return true
		}
		a, _ := s.Float64()
		b, _ := w.Float64()
		_, whole := w.Int64()
		_, alsoWhole := s.Int64()
		return !(whole == nil && alsoWhole == nil) &&
			math.Abs(a-b) <= 1e-9*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
	}
	return seen == wanted
}

func main() {
	host := flag.Bool("host", false, "the nouns lie in a segment")
	flag.Parse()
	failed := flag.NArg() == 0
	for _, path := range flag.Args() {
		word := "ok"
		if !replay(path, *host) {
			word, failed = "FAILED", true
		}
		fmt.Printf("%s: %s\n", path, word)
	}
	if failed {
		os.Exit(1)
	}
}
