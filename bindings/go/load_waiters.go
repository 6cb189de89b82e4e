// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// loadWaiters is where those wait who found another caller loading their key. Leases say who loads; this
// saves the others from asking in a loop, and from repeating one after the other a load that failed while
// they waited for it. Whoever waits joins, asks again, and only then waits; whoever
// ends a load or changes the key does that first and wakes after it. So a change is either seen by the
// asking or wakes: the library answers "wait" under the lock that a change takes too, which puts the
// joining before the waking. Waking costs one atomic read when nobody waits.
type loadWaiters struct {
	waiting atomic.Int64 // who has joined, all keys together
	mutex   sync.Mutex
	keys    map[string]*loadOfKey
}

// loadOfKey is there for as long as a load of the key runs in this noun, or someone waits for one.
type loadOfKey struct {
	changed chan struct{} // closed by the next wake
	waiting int
	loading int   // more than one when a lease has lapsed under its load
	latest  *load // of those
}

// load is one that runs here. The context that its loader gets knows it, so that a loader that asks for its
// own key, and would wait for itself, is told so.
type load struct {
	waiters *loadWaiters
	key     string
	outer   *load // in whose loader it runs
	ended   atomic.Bool
	failure error // under the waiters' mutex
}

type loadOfContext struct{}

var (
	errOwnKey = &Error{Status: StatusInvalidArgument, Option: "key",
		Message: "the loader of a key asks for that key, which it is to load itself"}
	errNotReturned = &Error{Status: StatusInternal,
		Message: "the load of the key that another caller ran did not return: it panicked, or its goroutine was ended"}
)

// loadsItself is whether ctx is that of the key's own loader.
func (w *loadWaiters) loadsItself(ctx context.Context, key string) bool {
	l, _ := ctx.Value(loadOfContext{}).(*load)
	for ; l != nil; l = l.outer {
		if l.waiters == w && l.key == key && !l.ended.Load() {
			return true
		}
	}
	return false
}

// What a noun has, made by the first who loads.
func (n *noun) loadWaiters() *loadWaiters {
	if w := n.loads.Load(); w != nil {
		return w
	}
	n.loads.CompareAndSwap(nil, &loadWaiters{keys: map[string]*loadOfKey{}})
	return n.loads.Load()
}

// wake is for after a change of the key: a fill, a lease given up or withdrawn.
func (n *noun) wake(key string) {
	if n == nil {
		return
	}
	if w := n.loads.Load(); w != nil && w.waiting.Load() > 0 {
		w.mutex.Lock()
		w.keys[key].wake()
		w.mutex.Unlock()
	}
}

// wakeAll is for after a change of all keys, and for closing, which who sleeps in a limiter is told too.
func (n *noun) wakeAll() {
	if w := n.loads.Load(); w != nil && w.waiting.Load() > 0 {
		w.mutex.Lock()
		for _, k := range w.keys {
			k.wake()
		}
		w.mutex.Unlock()
	}
}

func (k *loadOfKey) wake() {
	if k != nil && k.waiting > 0 {
		close(k.changed)
		k.changed = make(chan struct{})
	}
}

// entry is called under the mutex. The map's key is a copy: a [Key] may change after the call.
func (w *loadWaiters) entry(key string) *loadOfKey {
	k := w.keys[key]
	if k == nil {
		k = &loadOfKey{changed: make(chan struct{})}
		w.keys[strings.Clone(key)] = k
	}
	return k
}

func (w *loadWaiters) drop(key string, k *loadOfKey) {
	if k.waiting == 0 && k.loading == 0 {
		delete(w.keys, key)
	}
}

// begin says that a load of the key runs here, with the context that is returned; end, after its lease is
// settled, wakes who waits for it.
func (w *loadWaiters) begin(ctx context.Context, key string) (context.Context, *load) {
	outer, _ := ctx.Value(loadOfContext{}).(*load)
	l := &load{waiters: w, key: strings.Clone(key), outer: outer}
	w.mutex.Lock()
	k := w.entry(key)
	k.loading++
	k.latest = l
	w.mutex.Unlock()
	return context.WithValue(ctx, loadOfContext{}, l), l
}

// fail is for before the lease is given back: whoever gets it next knows then that the load has failed. The
// end of the loader's own context is no failure of the others.
func (l *load) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	l.waiters.mutex.Lock()
	l.failure = err
	l.waiters.mutex.Unlock()
}

func (l *load) end() {
	l.ended.Store(true)
	w := l.waiters
	w.mutex.Lock()
	k := w.entry(l.key)
	k.loading--
	if k.latest == l {
		k.latest = nil
	}
	k.wake()
	w.drop(l.key, k)
	w.mutex.Unlock()
}

// join puts the caller among those to be woken for the key, until leave.
func (w *loadWaiters) join(key string) *loadOfKey {
	w.waiting.Add(1)
	w.mutex.Lock()
	k := w.entry(key)
	k.waiting++
	w.mutex.Unlock()
	return k
}

func (w *loadWaiters) leave(key string, k *loadOfKey) {
	w.mutex.Lock()
	k.waiting--
	w.drop(key, k)
	w.mutex.Unlock()
	w.waiting.Add(-1)
}

// await is for a caller who was told to wait: it asks again whenever the key has changed, until the answer
// is another, or ask fails, or ctx is done. When the load that it waited for has failed, its error is the
// caller's too, who gives back what a last answer to load was given with.
func (n *noun) await(ctx context.Context, key string, ask func() (wait time.Duration, answer Status, err error)) error {
	w := n.loadWaiters()
	if w.loadsItself(ctx, key) {
		return errOwnKey
	}
	k := w.join(key)
	defer w.leave(key, k)
	var waited *load
	for {
		w.mutex.Lock()
		changed, here := k.changed, k.loading > 0
		if k.latest != nil && (waited == nil || waited.failure == nil) {
			waited = k.latest
		}
		w.mutex.Unlock()
		wait, answer, err := ask()
		if err != nil || answer != StatusWait && answer != StatusMiss {
			return err
		}
		if err := w.failureOf(waited); err != nil {
			return err
		}
		if answer == StatusMiss {
			return nil
		}
		if err := wokenOrSlept(ctx, changed, pause(wait, here)); err != nil {
			return err
		}
	}
}

func (w *loadWaiters) failureOf(l *load) error {
	if l == nil {
		return nil
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return l.failure
}

// sleep waits for no load: what ends it early is ctx, or that the noun is closed.
func (n *noun) sleep(ctx context.Context, d time.Duration) error {
	w := n.loadWaiters()
	k := w.join("")
	defer w.leave("", k)
	w.mutex.Lock()
	closing := k.changed
	w.mutex.Unlock()
	if n.closed.Load() { // before it was joined
		return ErrClosed
	}
	return wokenOrSlept(ctx, closing, d)
}

func wokenOrSlept(ctx context.Context, woken <-chan struct{}, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-woken:
	case <-timer.C:
	}
	return ctx.Err() // both may have happened: nobody loads for who has given up
}

// How long until a waiter asks again without being woken. A load that runs here wakes; only what others do
// to the key, and a clock that is moved by hand, are found by asking. A load in another process, or by
// another handle, wakes nobody here: most take milliseconds, and leases stand for seconds. Tests set them.
var (
	askAgainHere      = 50 * time.Millisecond
	askAgainElsewhere = 10 * time.Millisecond
)

func pause(lease time.Duration, here bool) time.Duration {
	least, most, p := time.Millisecond, askAgainElsewhere, lease/8
	if here {
		most, p = askAgainHere, lease
	}
	switch {
	case p < least:
		return least
	case p > most:
		return most
	}
	return p
}
