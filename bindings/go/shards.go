// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"encoding/binary"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// NewShardMap makes a map. By range, splits ascend, and shard i holds the keys from split i - 1 on up
// to but without split i; by hash there are none.
func NewShardMap(o ShardMapOptions, splits ...string) (*ShardMap, error) {
	if len(splits) == 0 {
		splits = nil
	}
	n, err := create("ShardMap", &o, nil, func(config, _ uintptr) (int32, uintptr, uintptr) {
		return raw.ShardsCreate(config, splits, int64(len(splits)))
	}, raw.ShardsDestroy)
	return (*ShardMap)(n), err
}

// IntegerKey is the 8 bytes that stand for an integer key: numeric order is the order of bytes.
func IntegerKey(key int64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(key)^1<<63)
	return string(b[:])
}

// Close gives the map up.
func (m *ShardMap) Close() error { return (*noun)(m).close() }

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

// Move says whether a key moves when the map becomes to, and between which shards.
func (m *ShardMap) Move(to *ShardMap, key string) (moves bool, fromShard, toShard int32, err error) {
	err = m.against(to, func(h, other uintptr) error {
		var moved int32
		moved, fromShard, toShard = raw.ShardsMove(h, other, key)
		moves, err = truthOf(moved, "key")
		return err
	})
	return moves, fromShard, toShard, err
}

// Range is the keys from First on, up to but without End; an empty End is no end.
type Range struct {
	First, End []byte
	From, To   int32 // what moves, from one shard to another; both are the holder's in [ShardMap.Ranges]
}

func (m *ShardMap) against(to *ShardMap, call func(handle, other uintptr) error) error {
	other, giveBack, err := (*noun)(to).lendRequired("to")
	if err != nil {
		return err
	}
	defer giveBack()
	return (*noun)(m).within(func(h uintptr) error { return call(h, other) })
}

func rangesOf(status int32, ranges, failed uintptr) ([]Range, error) {
	if status != 0 {
		return nil, failure(status, failed)
	}
	defer raw.RangesDestroy(ranges)
	all := make([]Range, raw.RangesCount(ranges))
	for i := range all {
		r := &all[i]
		_, r.First, r.End, r.From, r.To = raw.RangesAt(ranges, int64(i))
	}
	return all, nil
}
