// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Lease is the right to fill a key, given back once with Fill, FillAbsent or GiveUp; 0 is none.
type Lease int64

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

func pinned(answer int64, v raw.Value) (*Value, Status, error) {
	outcome, err := found(answer)
	return newValue(v), outcome, err
}

// View calls use with a fresh value in the library's memory, without copying it: not to be changed,
// nor kept beyond use. The outcome is that of Get, and use is called for [StatusOK] alone.
func (c *BytesCache) View(key string, use func(value []byte)) (outcome Status, err error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return StatusClosed, ErrClosed
	}
	answer, v := raw.CachePin(n.handle, key)
	n.leave(s)
	if v.Handle != 0 {
		defer raw.ValueDestroy(v.Handle)
		use(viewed(v.Data, v.Size))
	}
	return found(answer)
}

// Got is one answer of a GetMany.
type Got struct {
	Value   []byte // nil unless Outcome is [StatusOK]
	Outcome Status
}

func getMany(n *noun, keys []string,
	pin func(h uintptr, keys []string, count int64, out []uintptr, outcomes []int64) int64) ([]Got, error) {
	if keys == nil {
		keys = []string{}
	}
	handles, outcomes := make([]uintptr, len(keys)), make([]int64, len(keys))
	err := n.within(func(h uintptr) error {
		_, err := number(pin(h, keys, int64(len(keys)), handles, outcomes), "keys or now")
		return err
	})
	if err != nil {
		return nil, err
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
