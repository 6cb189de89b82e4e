// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// BytesCache is values by key in memory, within a budget of bytes or entries, each for its time to
// live; [Cache] is the same for values of a type. What is in use stays: eviction is S3-FIFO. An absence
// can be stored too, and is told apart from a miss. Safe from every goroutine.
//
// [BytesCache.Load] is what most need: the value, or one caller loads it while the others wait. A hit is
// one crossing, about 50 ns, and allocates nothing when the caller has room for the value.
type BytesCache noun

// Lease is the right to fill a key, given back once with Fill, FillAbsent or GiveUp; 0 is none.
type Lease int64

// NewBytesCache makes a cache.
func NewBytesCache(o CacheOptions) (*BytesCache, error) {
	n, err := create("BytesCache", &o, o.Clock, raw.Og_cache_create, raw.Og_cache_destroy)
	return (*BytesCache)(n), err
}

// Close gives the cache up.
func (c *BytesCache) Close() error { return (*noun)(c).close() }

// Get appends a fresh value to room[:0], which is grown when it is too small. The outcome is
// [StatusOK], [StatusMiss] or [StatusAbsent]; the value is nil unless it was found.
func (c *BytesCache) Get(key string, room []byte) (value []byte, outcome Status, err error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return nil, StatusClosed, ErrClosed
	}
	size := raw.CacheGet(n.handle, key, room)
	for size > int64(cap(room)) {
		room = make([]byte, size) // the next value of the key may be larger still
		size = raw.CacheGet(n.handle, key, room)
	}
	n.leave(s)
	return copiedInto(room, size)
}

// GetAt is Get at a time of the cache's clock.
func (c *BytesCache) GetAt(key string, now time.Duration, room []byte) (value []byte, outcome Status, err error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return nil, StatusClosed, ErrClosed
	}
	size := raw.CacheGetAt(n.handle, key, int64(now), room)
	for size > int64(cap(room)) {
		room = make([]byte, size)
		size = raw.CacheGetAt(n.handle, key, int64(now), room)
	}
	n.leave(s)
	return copiedInto(room, size)
}

func copiedInto(room []byte, size int64) ([]byte, Status, error) {
	if size < 0 {
		outcome, err := found(size)
		return nil, outcome, err
	}
	if room == nil {
		return []byte{}, StatusOK, nil
	}
	return room[:size], StatusOK, nil
}

// What a get answered: a size is [StatusOK].
func found(answer int64) (Status, error) {
	switch status := Status(answer); {
	case answer >= 0:
		return StatusOK, nil
	case status == StatusMiss, status == StatusAbsent:
		return status, nil
	default:
		return status, fault(int32(answer), "key or now")
	}
}

// View calls use with a fresh value in the library's memory, without copying it: not to be changed,
// nor kept beyond use. The outcome is that of Get, and use is called for [StatusOK] alone.
func (c *BytesCache) View(key string, use func(value []byte)) (outcome Status, err error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return StatusClosed, ErrClosed
	}
	v := raw.CachePin(n.handle, key)
	n.leave(s)
	if v.Handle != 0 {
		defer raw.Og_value_destroy(v.Handle)
		use(viewed(v.Data, v.Size))
	}
	return found(v.Outcome)
}

// Pin is a fresh value by reference, to be closed, or nil with the outcome of Get.
func (c *BytesCache) Pin(key string) (value *Value, outcome Status, err error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return nil, StatusClosed, ErrClosed
	}
	v := raw.CachePin(n.handle, key)
	n.leave(s)
	outcome, err = found(v.Outcome)
	return newValue(v), outcome, err
}

// PinAt is Pin at a time of the cache's clock.
func (c *BytesCache) PinAt(key string, now time.Duration) (value *Value, outcome Status, err error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return nil, StatusClosed, ErrClosed
	}
	v := raw.CachePinAt(n.handle, key, int64(now))
	n.leave(s)
	outcome, err = found(v.Outcome)
	return newValue(v), outcome, err
}

// Got is one answer of a GetMany.
type Got struct {
	Value   []byte // nil unless Outcome is [StatusOK]
	Outcome Status
}

// GetMany is Get for each key at one reading of the clock.
func (c *BytesCache) GetMany(keys []string) ([]Got, error) { return c.getMany(keys, nil) }

// GetManyAt is GetMany at a time of the cache's clock.
func (c *BytesCache) GetManyAt(keys []string, now time.Duration) ([]Got, error) {
	return c.getMany(keys, (*int64)(&now))
}

func (c *BytesCache) getMany(keys []string, now *int64) ([]Got, error) {
	return getMany((*noun)(c), raw.CachePinMany, keys, now)
}

func getMany(n *noun, pin func(uintptr, []string, *int64, []uintptr, []int64) int64, keys []string, now *int64) ([]Got, error) {
	s := n.enter()
	if s == nil {
		return nil, ErrClosed
	}
	handles, outcomes := make([]uintptr, len(keys)), make([]int64, len(keys))
	count := pin(n.handle, keys, now, handles, outcomes)
	n.leave(s)
	if count < 0 {
		return nil, fault(int32(count), "keys or now")
	}
	all := make([]Got, len(keys))
	for i, outcome := range outcomes {
		if outcome >= 0 {
			all[i] = Got{taken(raw.ValueOf(handles[i])), StatusOK}
		} else {
			all[i].Outcome = Status(outcome)
		}
	}
	return all, nil
}

// Set stores a value for ttl, 0 for ever, or [DefaultTTL], whatever was there, and withdraws the key's
// lease. The outcome is [StatusOK], or [StatusFull] when the value is larger than a shard of the cache,
// which removes the key.
func (c *BytesCache) Set(key string, value []byte, ttl time.Duration) (Status, error) {
	if ttl < DefaultTTL {
		return StatusInvalidArgument, fault(int32(StatusInvalidArgument), "ttl")
	}
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return StatusClosed, ErrClosed
	}
	status := raw.CacheSet(n.handle, key, Key(value), int64(ttl))
	n.leave(s)
	n.wake(key)
	return stored(status)
}

// SetAt is Set at a time of the cache's clock.
func (c *BytesCache) SetAt(key string, value []byte, ttl, now time.Duration) (Status, error) {
	return c.keep(key, ttl, func(h uintptr) int32 { return raw.Og_cache_set_at(h, key, Key(value), int64(ttl), int64(now)) })
}

// SetWeighted is Set, charged against the budget as if the value had weight bytes: for values that
// stand for something larger.
func (c *BytesCache) SetWeighted(key string, value []byte, ttl time.Duration, weight int64) (Status, error) {
	return c.keep(key, ttl, func(h uintptr) int32 {
		return raw.Og_cache_set_weighted(h, key, Key(value), int64(ttl), weight)
	})
}

// SetAbsent stores that the key does not exist.
func (c *BytesCache) SetAbsent(key string, ttl time.Duration) (Status, error) {
	return c.keep(key, ttl, func(h uintptr) int32 { return raw.Og_cache_set_absent(h, key, int64(ttl)) })
}

// Delete removes the key and withdraws its lease: [StatusOK] when something usable was there, else
// [StatusMiss].
func (c *BytesCache) Delete(key string) (Status, error) {
	return c.change(key, func(h uintptr) int32 { return raw.Og_cache_delete(h, key) })
}

// Clear removes everything and withdraws all leases.
func (c *BytesCache) Clear() error {
	_, err := c.store(raw.Og_cache_clear)
	if err == nil {
		(*noun)(c).wakeAll()
	}
	return err
}

// A write with a time to live, of which one negative value means something.
func (c *BytesCache) keep(key string, ttl time.Duration, how func(uintptr) int32) (Status, error) {
	if ttl < DefaultTTL {
		return StatusInvalidArgument, fault(int32(StatusInvalidArgument), "ttl")
	}
	return c.change(key, how)
}

// A change of a key, which whoever waits for its load is told.
func (c *BytesCache) change(key string, how func(uintptr) int32) (Status, error) {
	status, err := c.store(how)
	(*noun)(c).wake(key)
	return status, err
}

func (c *BytesCache) store(how func(uintptr) int32) (Status, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return StatusClosed, ErrClosed
	}
	status := how(n.handle)
	n.leave(s)
	return stored(status)
}

// Errors are below -100; what is above is an outcome.
func stored(status int32) (Status, error) {
	if status <= int32(StatusInvalidArgument) {
		return Status(status), fault(status, "key, lease, value, ttl, weight or now")
	}
	return Status(status), nil
}

// Stat is one of the cache's numbers. It locks each shard for a moment.
func (c *BytesCache) Stat(which CacheStat) (int64, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	answer := raw.Og_cache_stat(n.handle, int32(which))
	n.leave(s)
	return number(answer, "which")
}
