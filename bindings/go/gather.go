// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Start starts a query to shards, as [ShardMap.Span] names them, none twice. Its deadline runs from now.
func (g *Gather) Start(shards []int32) (*Query, error) {
	return g.start(nonNil(shards), int64(len(shards)), nil)
}

// StartAt is Start at a time of the gather's clock.
func (g *Gather) StartAt(shards []int32, now time.Duration) (*Query, error) {
	return g.start(nonNil(shards), int64(len(shards)), (*int64)(&now))
}

// StartAll starts a query to the shards 0 to count - 1.
func (g *Gather) StartAll(count int64) (*Query, error) { return g.start(nil, count, nil) }

// StartAllAt is StartAll at a time of the gather's clock.
func (g *Gather) StartAllAt(count int64, now time.Duration) (*Query, error) {
	return g.start(nil, count, (*int64)(&now))
}

func nonNil(shards []int32) []int32 {
	if shards == nil {
		return []int32{}
	}
	return shards
}

func (g *Gather) start(shards []int32, count int64, now *int64) (*Query, error) {
	handle, giveBack, err := (*noun)(g).lendRequired("gather")
	if err != nil {
		return nil, err
	}
	defer giveBack()
	var status int32
	var query, failed uintptr
	if now != nil {
		status, query, failed = raw.GatherStartAt(handle, shards, count, *now)
	} else {
		status, query, failed = raw.GatherStart(handle, shards, count)
	}
	n, err := adopt("Query", status, query, failed, raw.QueryDestroy)
	return (*Query)(n), err
}

// Run starts a query and calls ask for each shard in a goroutine of its own; ask hands rows in with
// [Query.Row], and what it returns ends its shard; a panic counts as an error. Its ctx ends at the query's deadline, and when Run
// returns: once the policy is decided, or ctx is done. The query is the caller's to read and close; with
// [ErrNotMet], too many shards have failed, and with ctx's error it is undecided.
func (g *Gather) Run(ctx context.Context, shards []int32, ask func(ctx context.Context, q *Query, shard int32) error) (*Query, error) {
	q, err := g.Start(shards)
	if err != nil {
		return nil, err
	}
	asking, cancel := q.bounded(ctx)
	defer cancel()
	ended := make(chan struct{}, len(shards))
	for _, shard := range shards {
		go func(shard int32) {
			status, why := int32(StatusStore), "its goroutine was ended"
			defer func() {
				q.end(shard, status, why)
				ended <- struct{}{}
			}()
			status, why = contain(func() error { return ask(asking, q, shard) })
		}(shard)
	}
	for {
		switch state, _, err := q.State(); {
		case err != nil || state == QueryComplete || state == QueryPartial:
			return q, err
		case state == QueryFailed:
			return q, ErrNotMet
		}
		select {
		case <-ended:
		case <-asking.Done():
			if err := ctx.Err(); err != nil {
				return q, err
			}
			// The deadline's timer may be ahead of the gather's clock by a little.
			time.Sleep(time.Millisecond)
		}
	}
}

func (q *Query) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	left, err := q.TimeLeft()
	if err != nil || left == Never {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, left)
}

func (q *Query) end(shard, status int32, why string) {
	if status == 0 {
		q.Done(shard)
		return
	}
	q.Fail(shard, Status(status), why)
}
