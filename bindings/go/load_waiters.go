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
// saves the others from asking in a loop. Whoever waits joins, asks again, and only then waits; whoever
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
	loading int // more than one when a lease has lapsed under its load
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

// begin says that a load of the key runs here; end, after its lease is settled, wakes who waits for it.
func (w *loadWaiters) begin(key string) {
	w.mutex.Lock()
	w.entry(key).loading++
	w.mutex.Unlock()
}

func (w *loadWaiters) end(key string) {
	w.mutex.Lock()
	k := w.entry(key)
	k.loading--
	k.wake()
	w.drop(key, k)
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

// await is for a caller who was told to wait: it asks again whenever the key has changed, until ask no
// longer says for how long to wait, or fails, or ctx is done.
func (n *noun) await(ctx context.Context, key string, ask func() (wait time.Duration, again bool, err error)) error {
	w := n.loadWaiters()
	k := w.join(key)
	defer w.leave(key, k)
	for {
		w.mutex.Lock()
		changed, here := k.changed, k.loading > 0
		w.mutex.Unlock()
		wait, again, err := ask()
		if err != nil || !again {
			return err
		}
		if err := wokenOrSlept(ctx, changed, pause(wait, here)); err != nil {
			return err
		}
	}
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
