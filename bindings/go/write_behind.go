// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// DueIn is how long until there is something to pump, and whether anything is buffered.
func (c *CachedStore) DueIn() (in time.Duration, any bool, err error) {
	return c.due(raw.CachedStoreDueIn)
}

// DueInAt is DueIn at a time of the store's clock.
func (c *CachedStore) DueInAt(now time.Duration) (in time.Duration, any bool, err error) {
	return c.due(func(h uintptr) int64 { return raw.CachedStoreDueInAt(h, int64(now)) })
}

func (c *CachedStore) due(when func(uintptr) int64) (in time.Duration, any bool, err error) {
	err = (*noun)(c).within(func(h uintptr) error {
		ns := when(h)
		if Status(ns) == StatusNone {
			return nil
		}
		in, err = durationOf(ns, "now")
		any = err == nil
		return err
	})
	return in, any, err
}

// TakeBatch hands out what is due, for the program to write in its own way; nil when nothing is. Until
// BatchDone its keys are in no other batch. Closing it undone counts as failed.
func (c *CachedStore) TakeBatch() (*Batch, error) { return c.take(raw.CachedStoreTakeBatch) }

// TakeBatchAt is TakeBatch at a time of the store's clock.
func (c *CachedStore) TakeBatchAt(now time.Duration) (*Batch, error) {
	return c.take(func(h uintptr) (int64, uintptr, uintptr) { return raw.CachedStoreTakeBatchAt(h, int64(now)) })
}

func (c *CachedStore) take(take func(uintptr) (count int64, batch, failed uintptr)) (taken *Batch, err error) {
	err = (*noun)(c).within(func(h uintptr) error {
		count, batch, failed := take(h)
		if count < 0 {
			return failure(int32(count), failed)
		}
		if batch != 0 {
			taken = (*Batch)(own("Batch", batch, raw.BatchDestroy))
		}
		return nil
	})
	return taken, err
}

// BatchDone ends a batch that was taken here, and closes it: result is nil when all of it was stored,
// else why not, upon which each write is tried again by itself.
func (c *CachedStore) BatchDone(batch *Batch, result error) error {
	return c.batchDone(batch, result, raw.CachedStoreBatchDone)
}

// BatchDoneAt is BatchDone at a time of the store's clock.
func (c *CachedStore) BatchDoneAt(batch *Batch, result error, now time.Duration) error {
	return c.batchDone(batch, result, func(h, batch uintptr, status int32) int32 {
		return raw.CachedStoreBatchDoneAt(h, batch, status, int64(now))
	})
}

func (c *CachedStore) batchDone(batch *Batch, result error, end func(handle, batch uintptr, status int32) int32) error {
	b := (*noun)(batch)
	_, giveBack, err := b.lendRequired("batch")
	if err != nil {
		return err
	}
	defer giveBack()
	return (*noun)(c).within(func(h uintptr) error {
		status, _ := statusOf(result)
		ended := end(h, b.handle, status)
		if ended == int32(StatusOK) {
			b.surrender()
		}
		return done(ended, "batch")
	})
}

// Flush waits until everything written before is in the store or a dead letter, or ctx is done: it is
// how many writes are not. Without a thread it writes them itself; with a manual clock it tries each
// once.
func (c *CachedStore) Flush(ctx context.Context) (int64, error) {
	return c.flush(ctx, 0)
}

// Shutdown flushes and refuses writes from then on; it is how many writes had not reached the store
// when ctx was done. They are dead letters now, or in a batch that is not done; dead letters of before are not
// counted. Gets go on until Close. Writes that come while it flushes are flushed as well, until ctx is done.
func (c *CachedStore) Shutdown(ctx context.Context) (int64, error) {
	// What the first flush gives up counts too; from where writes are refused on, the library counts.
	before, err := c.Stat(CachedStoreBuried)
	if err != nil {
		return 0, err
	}
	if _, err := c.flush(ctx, 0); err != nil && ctx.Err() == nil {
		return 0, err
	}
	flushed, err := c.Stat(CachedStoreBuried)
	if err != nil {
		return 0, err
	}
	if _, err := c.flush(ctx, 1); err != nil && ctx.Err() == nil {
		return 0, err
	}
	lost, err := (*noun)(c).ask("", func(h uintptr) int64 { return raw.CachedStoreClose(h, 0) })
	return lost + flushed - before, err
}

const drain = -1 // OG_CACHED_STORE_DRAIN: for as long as the option Drain says

// Waits in slices, so that ctx is seen. A wait that is back before its time will not help: the flush has
// tried what it can.
func (c *CachedStore) flush(ctx context.Context, closing int32) (int64, error) {
	const slice = 20 * time.Millisecond
	flush, err := (*noun)(c).ask("", func(h uintptr) int64 { return raw.CachedStoreBeginFlush(h, closing) })
	if err != nil {
		return 0, err
	}
	for {
		wait := slice
		if ctx.Err() != nil {
			wait = 0
		}
		began := time.Now()
		left, err := (*noun)(c).ask("", func(h uintptr) int64 { return raw.CachedStoreAwaitFlush(h, flush, int64(wait)) })
		switch {
		case err != nil || left == 0:
			return left, err
		case ctx.Err() != nil:
			return left, ctx.Err()
		case time.Since(began) < wait:
			return left, nil
		}
	}
}

// DeadLetter is a write that failed as often as the option RetryAttempts allows.
type DeadLetter struct {
	Write
	Attempts int64
	Reason   Status // of the last error
	Message  string
}

func deadLettersOf(status int32, list, failed uintptr) ([]DeadLetter, error) {
	if status != 0 {
		return nil, failure(status, failed)
	}
	defer raw.DeadLettersDestroy(list)
	letters := make([]DeadLetter, raw.DeadLettersCount(list))
	for i := range letters {
		reason, attempts, message := raw.DeadLettersReason(list, int64(i))
		letters[i] = DeadLetter{writeOf(raw.DeadLettersAt(list, int64(i))), attempts, Status(reason), message}
	}
	return letters, nil
}
