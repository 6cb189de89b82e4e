// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Pump writes what is due on this goroutine, and is how many writes reached the store. What failed is
// tried again when it is due.
func (c *CachedStore) Pump() (int64, error) { return c.ask("", raw.Og_cached_store_pump) }

// PumpAt is Pump at a time of the store's clock.
func (c *CachedStore) PumpAt(now time.Duration) (int64, error) {
	return c.ask("now", func(h uintptr) int64 { return raw.Og_cached_store_pump_at(h, int64(now)) })
}

// DueIn is how long until there is something to pump, and whether anything is buffered.
func (c *CachedStore) DueIn() (in time.Duration, any bool, err error) {
	return c.due(raw.Og_cached_store_due_in)
}

// DueInAt is DueIn at a time of the store's clock.
func (c *CachedStore) DueInAt(now time.Duration) (in time.Duration, any bool, err error) {
	return c.due(func(h uintptr) int64 { return raw.Og_cached_store_due_in_at(h, int64(now)) })
}

func (c *CachedStore) due(when func(uintptr) int64) (time.Duration, bool, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return 0, false, ErrClosed
	}
	in := when(n.handle)
	n.leave(s)
	if Status(in) == StatusNone {
		return 0, false, nil
	}
	ns, err := number(in, "now")
	return time.Duration(ns), err == nil, err
}

// TakeBatch hands out what is due, for the program to write in its own way; nil when nothing is. Until
// BatchDone its keys are in no other batch. Closing it undone counts as failed.
func (c *CachedStore) TakeBatch() (*Batch, error) {
	return c.take(raw.Og_cached_store_take_batch)
}

// TakeBatchAt is TakeBatch at a time of the store's clock.
func (c *CachedStore) TakeBatchAt(now time.Duration) (*Batch, error) {
	return c.take(func(h uintptr, out, failed *uintptr) int64 {
		return raw.Og_cached_store_take_batch_at(h, int64(now), out, failed)
	})
}

func (c *CachedStore) take(take func(handle uintptr, out, failed *uintptr) int64) (*Batch, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer n.leave(s)
	var batch, failed uintptr
	if count := take(n.handle, &batch, &failed); count < 0 {
		return nil, failure(int32(count), failed)
	}
	if batch == 0 {
		return nil, nil
	}
	return (*Batch)(own("Batch", batch, raw.Og_batch_destroy)), nil
}

// BatchDone ends a batch that was taken here, and closes it: result is nil when all of it was stored,
// else why not, upon which each write is tried again by itself.
func (c *CachedStore) BatchDone(batch *Batch, result error) error {
	return c.batchDone(batch, result, raw.Og_cached_store_batch_done)
}

// BatchDoneAt is BatchDone at a time of the store's clock.
func (c *CachedStore) BatchDoneAt(batch *Batch, result error, now time.Duration) error {
	return c.batchDone(batch, result, func(h, batch uintptr, status int32) int32 {
		return raw.Og_cached_store_batch_done_at(h, batch, status, int64(now))
	})
}

func (c *CachedStore) batchDone(batch *Batch, result error, end func(handle, batch uintptr, status int32) int32) error {
	b := (*noun)(batch)
	_, back, err := b.lendRequired("batch")
	if err != nil {
		return err
	}
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		back()
		return ErrClosed
	}
	defer n.leave(s)
	status, _ := statusOf(result)
	ended := end(n.handle, b.handle, status)
	if ended == int32(StatusOK) {
		b.surrender()
	}
	back()
	return done(ended, "batch")
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
	lost, err := c.ask("", func(h uintptr) int64 { return raw.Og_cached_store_close(h, 0) })
	return lost + flushed - before, err
}

const drain = -1 // OG_CACHED_STORE_DRAIN: for as long as the option Drain says

// Waits in slices, so that ctx is seen. A wait that is back before its time will not help: the flush has
// tried what it can.
func (c *CachedStore) flush(ctx context.Context, closing int32) (int64, error) {
	const slice = 20 * time.Millisecond
	flush, err := c.ask("", func(h uintptr) int64 { return raw.Og_cached_store_begin_flush(h, closing) })
	if err != nil {
		return 0, err
	}
	for {
		wait := slice
		if ctx.Err() != nil {
			wait = 0
		}
		began := time.Now()
		left, err := c.ask("", func(h uintptr) int64 { return raw.Og_cached_store_await_flush(h, flush, int64(wait)) })
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

// DeadLetters is a copy of the list, the oldest first.
func (c *CachedStore) DeadLetters() ([]DeadLetter, error) {
	var list uintptr
	err := c.write(func(h uintptr, failed *uintptr) int32 {
		return raw.Og_cached_store_dead_letters(h, &list, failed)
	})
	if err != nil {
		return nil, err
	}
	defer raw.Og_dead_letters_destroy(list)
	letters := make([]DeadLetter, raw.Og_dead_letters_count(list))
	for i := range letters {
		key, value, status, reason, attempts, message := raw.DeadLettersAt(list, int64(i))
		letters[i] = DeadLetter{Write{Key: string(key), Value: value}, attempts, Status(reason), message}
		if Status(status) == StatusAbsent {
			letters[i].Value, letters[i].Delete = nil, true
		}
	}
	return letters, nil
}

// Redrive puts a dead letter back into the buffer as if it were written now: [StatusOK], [StatusMiss]
// when there is none, [StatusFull].
func (c *CachedStore) Redrive(key string) (Status, error) {
	return c.letter(func(h uintptr) int32 { return raw.Og_cached_store_redrive(h, key) })
}

// RedriveAll puts them all back, the oldest first, as long as there is room: how many.
func (c *CachedStore) RedriveAll() (int64, error) { return c.ask("", raw.Og_cached_store_redrive_all) }

// Discard forgets a dead letter: [StatusOK], or [StatusMiss] when there is none.
func (c *CachedStore) Discard(key string) (Status, error) {
	return c.letter(func(h uintptr) int32 { return raw.Og_cached_store_discard(h, key) })
}

func (c *CachedStore) letter(how func(uintptr) int32) (Status, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return StatusClosed, ErrClosed
	}
	defer n.leave(s)
	return stored(how(n.handle))
}
