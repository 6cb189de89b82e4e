// SPDX-License-Identifier: Apache-2.0

//go:build debug

package outgrow

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
)

// By address, as a number: the map must not keep a noun from its finalizer.
var tracked sync.Map

// Leaks lists the nouns that are not closed, each with where it was made, in builds with -tags debug.
// In others it is nil, and costs nothing.
func Leaks() []string {
	var all []string
	tracked.Range(func(_, made any) bool {
		all = append(all, made.(string))
		return true
	})
	sort.Strings(all)
	return all
}

func track(n *noun) {
	var at [16]uintptr
	frames := runtime.CallersFrames(at[:runtime.Callers(3, at[:])])
	for {
		frame, more := frames.Next()
		// The first frame outside of this package's own functions, tests aside, is the user's.
		ours := strings.HasPrefix(frame.Function, "github.com/outgrow/outgrow/bindings/go.") &&
			!strings.HasSuffix(frame.File, "_test.go")
		if !ours || !more {
			tracked.Store(address(n), fmt.Sprintf("%s made at %s:%d", n.kind, frame.File, frame.Line))
			return
		}
	}
}

func untrack(n *noun) { tracked.Delete(address(n)) }

func reportForgotten(n *noun) {
	if made, found := tracked.Load(address(n)); found {
		fmt.Fprintf(os.Stderr, "outgrow: %s was not closed\n", made)
	}
}

func address(n *noun) string { return fmt.Sprintf("%p", n) }
