// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// noun is a handle of the library's. The exported nouns are this struct under their own names, so that
// a nil one is a closed one.
//
// A handle must outlive the calls that are in it. Each call enters and leaves, which counts it; Close
// marks the noun closed, and whoever finds it closed with no call inside, Close or the last to leave,
// destroys the handle, once. Counting costs two atomic additions a call, about 5 ns. One counter would
// make all cores take turns at one cache line, so there are eight, a line each, and a goroutine takes
// one by where its stack lies. A call that adds before it looks at closed cannot be missed: Go's
// atomics are sequentially consistent, so either Close sees its count or it sees Close.
type noun struct {
	handle  uintptr
	destroy func(uintptr)
	kind    string
	closed  atomic.Bool
	gone    atomic.Bool
	loads   atomic.Pointer[loadWaiters] // of a cache and a service, once something was loaded
	cached  *cachedState                // of a cached store
	inside  [stripes]stripe
}

const stripes = 8 // a power of two

type stripe struct {
	_     [56]byte // before the counter: the first must not share the line of what stands before it
	calls atomic.Int64
}

func own(kind string, handle uintptr, destroy func(uintptr)) *noun {
	n := &noun{handle: handle, destroy: destroy, kind: kind}
	runtime.SetFinalizer(n, (*noun).forgotten)
	track(n)
	return n
}

// enter is nil for a closed noun. What it returns is given to leave.
func (n *noun) enter() *stripe {
	if n == nil || n.handle == 0 {
		return nil
	}
	var here byte
	at := uintptr(unsafe.Pointer(&here))
	s := &n.inside[(at>>11^at>>15)%stripes]
	s.calls.Add(1)
	if n.closed.Load() {
		n.leave(s)
		return nil
	}
	return s
}

// within runs a call, which may end the goroutine.
func (n *noun) within(call func(handle uintptr) error) error {
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	defer n.leave(s)
	return call(n.handle)
}

// ask is a number of the noun; blame names the arguments that may be at fault.
func (n *noun) ask(blame string, what func(handle uintptr) int64) (answer int64, err error) {
	err = n.within(func(h uintptr) error {
		answer, err = number(what(h), blame)
		return err
	})
	return answer, err
}

func (n *noun) leave(s *stripe) {
	s.calls.Add(-1)
	if n.closed.Load() {
		n.destroyWhenEmpty()
	}
}

func (n *noun) destroyWhenEmpty() {
	for i := range n.inside {
		if n.inside[i].calls.Load() != 0 {
			return
		}
	}
	if n.gone.CompareAndSwap(false, true) {
		n.destroy(n.handle)
	}
}

func (n *noun) close() error { return n.closeAfter(nil) }

// Closes, and before the handle is destroyed runs first, whose error is the answer.
func (n *noun) closeAfter(first func(handle uintptr) error) (err error) {
	s := n.enter()
	if s == nil {
		return nil
	}
	if n.closed.Swap(true) {
		n.leave(s)
		return nil
	}
	runtime.SetFinalizer(n, nil)
	untrack(n)
	if first != nil {
		err = first(n.handle)
	}
	n.leave(s)
	n.wakeAll() // who waits for a load finds it closed
	return err
}

// The net under a noun that nobody closed. Not on the finalizers' goroutine: a cached store flushes.
func (n *noun) forgotten() {
	reportForgotten(n)
	untrack(n)
	go n.destroy(n.handle)
}

// The handle of a noun that another is made from, and what to do when that is made. A nil noun is no
// handle; a closed one is an error.
func (n *noun) lend() (handle uintptr, done func(), err error) {
	if n == nil {
		return 0, func() {}, nil
	}
	s := n.enter()
	if s == nil {
		return 0, nil, ErrClosed
	}
	return n.handle, func() { n.leave(s) }, nil
}

// A noun that must be there.
func (n *noun) lendRequired(argument string) (uintptr, func(), error) {
	if n == nil {
		return 0, nil, &Error{Status: StatusInvalidArgument, Option: argument, Message: argument + " is nil"}
	}
	return n.lend()
}

// What a create of the library's gave.
func adopt(kind string, status int32, handle, failed uintptr, destroy func(uintptr)) (*noun, error) {
	if status != 0 {
		return nil, failure(status, failed)
	}
	return own(kind, handle, destroy), nil
}

// Runs a create of the library's.
func create(kind string, o options, clock *Clock,
	make func(config, clock uintptr) (status int32, out, failed uintptr), destroy func(uintptr)) (*noun, error) {
	time, giveBack, err := (*noun)(clock).lend()
	if err != nil {
		return nil, err
	}
	defer giveBack()
	c, err := newConfig(o)
	if err != nil {
		return nil, err
	}
	defer raw.ConfigDestroy(c)
	status, handle, failed := make(c, time)
	return adopt(kind, status, handle, failed, destroy)
}

// Runs a create_in of the library's: in the scope under the name, on the heap where scope is nil. A name
// alone is for messages: so a program's tests can do without the scope.
func createIn(kind string, o options, scope *Scope, name string, clock *Clock,
	make func(scope uintptr, name string, config, clock uintptr) (status int32, out, failed uintptr),
	destroy func(uintptr)) (*noun, error) {
	if err := plain("Name", name); err != nil {
		return nil, err
	}
	where, giveBack, err := (*noun)(scope).lend()
	if err != nil {
		return nil, err
	}
	defer giveBack()
	return create(kind, o, clock, func(config, clock uintptr) (int32, uintptr, uintptr) {
		return make(where, name, config, clock)
	}, destroy)
}

// The library has destroyed the handle itself, within a call that is in the noun.
func (n *noun) surrender() {
	n.gone.Store(true)
	n.close()
}
