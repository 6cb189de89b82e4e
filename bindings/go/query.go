// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Close gives the query up. Shards that still hand in rows get [ErrClosed].
func (q *Query) Close() error { return (*noun)(q).close() }

// Row hands in a row of a shard, copied, with the key that it is ordered by (the option Order key alone;
// else ""). The outcome is [StatusOK]; [StatusLapsed] when the shard has ended, the deadline is past or
// the rows are being read: the row is refused and counted; [StatusFull] or [StatusNoMemory] when it would
// exceed the option MaxBytes: so refused, and the shard has failed.
func (q *Query) Row(shard int32, key, row string) (Status, error) {
	return q.hand(func(h uintptr) int32 { return raw.Og_query_row(h, shard, key, row) })
}

// RowAt is Row at a time of the gather's clock.
func (q *Query) RowAt(shard int32, key, row string, now time.Duration) (Status, error) {
	return q.hand(func(h uintptr) int32 { return raw.Og_query_row_at(h, shard, key, row, int64(now)) })
}

// RowMany hands in several rows of one shard; keys may be nil. The first outcome that is not
// [StatusOK] ends it.
func (q *Query) RowMany(shard int32, keys, rows []string) (Status, error) {
	return q.rowMany(shard, keys, rows, nil)
}

// RowManyAt is RowMany at a time of the gather's clock.
func (q *Query) RowManyAt(shard int32, keys, rows []string, now time.Duration) (Status, error) {
	return q.rowMany(shard, keys, rows, (*int64)(&now))
}

func (q *Query) rowMany(shard int32, keys, rows []string, now *int64) (Status, error) {
	if keys != nil && len(keys) != len(rows) {
		return StatusInvalidArgument, fault(int32(StatusInvalidArgument), "keys and rows: not as many")
	}
	return q.hand(func(h uintptr) int32 { return raw.QueryRowMany(h, shard, keys, rows, now) })
}

// Done says that all rows of the shard are in: [StatusOK], or [StatusLapsed] when it had ended already,
// by the deadline too.
func (q *Query) Done(shard int32) (Status, error) {
	return q.hand(func(h uintptr) int32 { return raw.Og_query_done(h, shard) })
}

// DoneAt is Done at a time of the gather's clock.
func (q *Query) DoneAt(shard int32, now time.Duration) (Status, error) {
	return q.hand(func(h uintptr) int32 { return raw.Og_query_done_at(h, shard, int64(now)) })
}

// Fail says that the shard failed, and why: an error's status, such as [StatusStore]. It answers as Done.
func (q *Query) Fail(shard int32, reason Status, message string) (Status, error) {
	if err := plain("message", message); err != nil {
		return StatusInvalidArgument, err
	}
	return q.hand(func(h uintptr) int32 { return raw.Og_query_fail(h, shard, int32(reason), message) })
}

// FailAt is Fail at a time of the gather's clock.
func (q *Query) FailAt(shard int32, reason Status, message string, now time.Duration) (Status, error) {
	if err := plain("message", message); err != nil {
		return StatusInvalidArgument, err
	}
	return q.hand(func(h uintptr) int32 {
		return raw.Og_query_fail_at(h, shard, int32(reason), message, int64(now))
	})
}

func (q *Query) hand(how func(uintptr) int32) (Status, error) {
	n := (*noun)(q)
	s := n.enter()
	if s == nil {
		return StatusClosed, ErrClosed
	}
	status := how(n.handle)
	n.leave(s)
	if Status(status) == StatusNoMemory {
		return StatusNoMemory, nil
	}
	if status <= int32(StatusInvalidArgument) {
		return Status(status), fault(status, "shard, reason or now")
	}
	return Status(status), nil
}

// State is whether the policy is met, and how many shards are still out.
func (q *Query) State() (state QueryState, waiting int64, err error) { return q.state(nil) }

// StateAt is State at a time of the gather's clock.
func (q *Query) StateAt(now time.Duration) (state QueryState, waiting int64, err error) {
	return q.state((*int64)(&now))
}

func (q *Query) state(at *int64) (QueryState, int64, error) {
	n := (*noun)(q)
	s := n.enter()
	if s == nil {
		return 0, 0, ErrClosed
	}
	state, waiting := raw.QueryState(n.handle, at)
	n.leave(s)
	if state < 0 {
		return 0, 0, fault(state, "now")
	}
	return QueryState(state), waiting, nil
}

// String is the state as a word.
func (s QueryState) String() string {
	names := [...]string{"pending", "partial", "complete", "failed"}
	if s < 0 || int(s) >= len(names) {
		return ""
	}
	return names[s]
}

// TimeLeft is how long until the deadline: 0 when it is past, [Never] when there is none.
func (q *Query) TimeLeft() (time.Duration, error) {
	left, err := q.ask(raw.Og_query_time_left)
	return time.Duration(left), err
}

// TimeLeftAt is TimeLeft at a time of the gather's clock.
func (q *Query) TimeLeftAt(now time.Duration) (time.Duration, error) {
	left, err := q.ask(func(h uintptr) int64 { return raw.Og_query_time_left_at(h, int64(now)) })
	return time.Duration(left), err
}

// Row is one of a query's.
type Row struct {
	Shard    int32
	Key, Row []byte
}

// Next is the next merged row, with [StatusOK]; or [StatusNone] after the last, [StatusWait] while the
// query is pending, [StatusRefused] when it has failed. The first call on a partial query ends it:
// shards still out have failed.
func (q *Query) Next() (Row, Status, error) { return q.next(nil) }

// NextAt is Next at a time of the gather's clock.
func (q *Query) NextAt(now time.Duration) (Row, Status, error) { return q.next((*int64)(&now)) }

func (q *Query) next(now *int64) (Row, Status, error) {
	n := (*noun)(q)
	s := n.enter()
	if s == nil {
		return Row{}, StatusClosed, ErrClosed
	}
	defer n.leave(s) // the bytes are the query's until they are copied
	shard, key, row, status := raw.QueryNext(n.handle, now)
	if status <= int32(StatusInvalidArgument) {
		return Row{}, Status(status), fault(status, "now")
	}
	if status != 0 {
		return Row{}, Status(status), nil
	}
	return Row{shard, key, row}, StatusOK, nil
}

// Rows is what is left of the merged rows; the outcome is that of the Next that ended them.
func (q *Query) Rows() (rows []Row, outcome Status, err error) {
	for {
		row, outcome, err := q.Next()
		if outcome != StatusOK || err != nil {
			return rows, outcome, err
		}
		rows = append(rows, row)
	}
}

// ShardFailure is a shard whose rows are not in the answer.
type ShardFailure struct {
	Shard       int32
	Reason      Status // Timeout by the deadline, Full, NoMemory, Lapsed when the rows were read without it, or Fail's
	Message     string
	DroppedRows int64
}

// Failures lists the shards that have failed so far, in the order in which they did.
func (q *Query) Failures() ([]ShardFailure, error) {
	n := (*noun)(q)
	s := n.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer n.leave(s)
	all := make([]ShardFailure, raw.Og_query_failures(n.handle))
	for i := range all {
		shard, reason, message, dropped, _ := raw.QueryFailure(n.handle, int64(i))
		all[i] = ShardFailure{shard, Status(reason), message, dropped}
	}
	return all, nil
}

// Refused counts rows refused: too late, or beyond the option MaxBytes.
func (q *Query) Refused() (int64, error) { return q.ask(raw.Og_query_refused) }

func (q *Query) ask(what func(uintptr) int64) (int64, error) {
	return (*noun)(q).ask("now", what)
}
