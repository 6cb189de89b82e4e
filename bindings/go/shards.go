// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"encoding/binary"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// ShardMap says which shard holds a key, and what moves when the map changes: by stable hash, or by
// ranges of keys. The answer depends on the key's bytes and the map alone: it is the same in every
// process, language and release. Safe from every goroutine, also while it changes.
type ShardMap noun

// NewShardMap makes a map. By range, splits ascend, and shard i holds the keys from split i - 1 on up
// to but without split i; by hash there are none.
func NewShardMap(o ShardMapOptions, splits ...string) (*ShardMap, error) {
	n, err := create("ShardMap", &o, nil, func(config, _ uintptr, out, failed *uintptr) int32 {
		return raw.ShardsCreate(config, splits, out, failed)
	}, raw.Og_shards_destroy)
	return (*ShardMap)(n), err
}

// IntegerKey is the 8 bytes that stand for an integer key: numeric order is the order of bytes.
func IntegerKey(key int64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(key)^1<<63)
	return string(b[:])
}

// Copy is the same map, to be changed on its own and then assigned.
func (m *ShardMap) Copy() (*ShardMap, error) {
	handle, done, err := (*noun)(m).lendRequired("map")
	if err != nil {
		return nil, err
	}
	defer done()
	n, err := adopt("ShardMap", func(out, failed *uintptr) int32 {
		return raw.Og_shards_copy(handle, out, failed)
	}, raw.Og_shards_destroy)
	return (*ShardMap)(n), err
}

// Close gives the map up.
func (m *ShardMap) Close() error { return (*noun)(m).close() }

// Of is the shard that holds the key.
func (m *ShardMap) Of(key string) (int32, error) {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	shard := raw.ShardsOf(n.handle, key)
	n.leave(s)
	return sharded(shard)
}

// OfInt64 is the shard of [IntegerKey] of key.
func (m *ShardMap) OfInt64(key int64) (int32, error) {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	shard := raw.Og_shards_of_int64(n.handle, key)
	n.leave(s)
	return sharded(shard)
}

func sharded(shard int32) (int32, error) {
	if shard < 0 {
		return 0, fault(shard, "key")
	}
	return shard, nil
}

// OfMany is the shards of keys, all by the same map, into out.
func (m *ShardMap) OfMany(keys []string, out []int32) error {
	if len(keys) != len(out) {
		return fault(int32(StatusInvalidArgument), "keys and out: not as many")
	}
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.ShardsOfMany(n.handle, keys, out)
	n.leave(s)
	return done(status, "keys")
}

// OfInt64Many is the shards of integer keys into out.
func (m *ShardMap) OfInt64Many(keys []int64, out []int32) error {
	if len(keys) != len(out) {
		return fault(int32(StatusInvalidArgument), "keys and out: not as many")
	}
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.ShardsOfInt64Many(n.handle, keys, out)
	n.leave(s)
	return done(status, "keys")
}

// Count is how many shards there are: by range, one more than the highest that holds a range.
func (m *ShardMap) Count() (int64, error) {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	count := raw.Og_shards_count(n.handle)
	n.leave(s)
	return number(count, "")
}

// Span is the shards that hold keys from first on, up to but without end: what a scan of them must ask.
// An empty end is no end. By range they come in key order; by hash they are all.
func (m *ShardMap) Span(first, end string) ([]int32, error) {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer n.leave(s)
	shards := make([]int32, 16)
	for {
		count := raw.ShardsSpan(n.handle, first, end, shards)
		if count < 0 {
			return nil, fault(int32(count), "first or end")
		}
		if count <= int64(len(shards)) {
			return shards[:count], nil
		}
		shards = make([]int32, count) // the map may have grown again meanwhile
	}
}

// Resize changes a map by hash to 1 to 65536 shards.
func (m *ShardMap) Resize(count int64) error {
	return m.change(func(h uintptr, failed *uintptr) int32 { return raw.Og_shards_resize(h, count, failed) })
}

// Split gives the keys from key on, up to the next split, to shard, 0 to 65535. By range alone.
func (m *ShardMap) Split(key string, shard int32) error {
	return m.change(func(h uintptr, failed *uintptr) int32 { return raw.Og_shards_split(h, key, shard, failed) })
}

// Merge takes a split away: the range that began there joins the one before it. By range alone.
func (m *ShardMap) Merge(key string) error {
	return m.change(func(h uintptr, failed *uintptr) int32 { return raw.Og_shards_merge(h, key, failed) })
}

// Assign takes over the map of next, which is of the same strategy and stays the caller's.
func (m *ShardMap) Assign(next *ShardMap) error {
	other, done, err := (*noun)(next).lendRequired("next")
	if err != nil {
		return err
	}
	defer done()
	return m.change(func(h uintptr, failed *uintptr) int32 { return raw.Og_shards_assign(h, other, failed) })
}

func (m *ShardMap) change(change func(handle uintptr, failed *uintptr) int32) error {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	defer n.leave(s)
	var failed uintptr
	if status := change(n.handle, &failed); status != 0 {
		return failure(status, failed)
	}
	return nil
}

// Move says whether a key moves when the map becomes to, and between which shards.
func (m *ShardMap) Move(to *ShardMap, key string) (moves bool, fromShard, toShard int32, err error) {
	other, done, err := (*noun)(to).lendRequired("to")
	if err != nil {
		return false, 0, 0, err
	}
	defer done()
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return false, 0, 0, ErrClosed
	}
	moved, fromShard, toShard := raw.ShardsMove(n.handle, other, key)
	n.leave(s)
	if moved < 0 {
		return false, 0, 0, fault(moved, "key")
	}
	return moved == 1, fromShard, toShard, nil
}

// MovedShare is the share of all keys, 0 to 1, that is expected to move when a map by hash becomes to;
// known is false by range, where it depends on where the keys lie.
func (m *ShardMap) MovedShare(to *ShardMap) (share float64, known bool, err error) {
	other, done, err := (*noun)(to).lendRequired("to")
	if err != nil {
		return 0, false, err
	}
	defer done()
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return 0, false, ErrClosed
	}
	share = raw.Og_shards_moved_share(n.handle, other)
	n.leave(s)
	if share == float64(StatusNone) {
		return 0, false, nil
	}
	if share < 0 {
		return 0, false, fault(int32(share), "to")
	}
	return share, true, nil
}

// Range is the keys from First on, up to but without End; an empty End is no end.
type Range struct {
	First, End []byte
	From, To   int32 // what moves, from one shard to another; both are the holder's in [ShardMap.Ranges]
}

// Moves is exactly what moves when a map by range becomes to.
func (m *ShardMap) Moves(to *ShardMap) ([]Range, error) {
	other, done, err := (*noun)(to).lendRequired("to")
	if err != nil {
		return nil, err
	}
	defer done()
	return m.list(func(h uintptr, out, failed *uintptr) int32 {
		return raw.Og_shards_moves(h, other, out, failed)
	})
}

// Ranges is a map by range itself, to be written down and made again with NewShardMap and Split.
func (m *ShardMap) Ranges() ([]Range, error) { return m.list(raw.Og_shards_ranges) }

func (m *ShardMap) list(of func(handle uintptr, out, failed *uintptr) int32) ([]Range, error) {
	var ranges uintptr
	err := m.change(func(h uintptr, failed *uintptr) int32 { return of(h, &ranges, failed) })
	if err != nil {
		return nil, err
	}
	defer raw.Og_ranges_destroy(ranges)
	all := make([]Range, raw.Og_ranges_count(ranges))
	for i := range all {
		r := &all[i]
		r.First, r.End, r.From, r.To = raw.RangesAt(ranges, int64(i))
	}
	return all, nil
}
