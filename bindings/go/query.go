// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Row is one of a query's.
type Row struct {
	Shard    int32
	Key, Row []byte
}

// Next is the next merged row, with [StatusOK]; or [StatusNone] after the last, [StatusWait] while the
// query is pending, [StatusRefused] when it has failed. The first call on a partial query ends it:
// shards still out have failed.
func (q *Query) Next() (Row, Status, error) { return q.next(raw.QueryNext) }

// NextAt is Next at a time of the gather's clock.
func (q *Query) NextAt(now time.Duration) (Row, Status, error) {
	return q.next(func(h uintptr) (int32, int32, []byte, []byte) { return raw.QueryNextAt(h, int64(now)) })
}

func (q *Query) next(next func(uintptr) (status, shard int32, key, row []byte)) (got Row, outcome Status, err error) {
	n := (*noun)(q)
	s := n.enter()
	if s == nil {
		return Row{}, StatusClosed, ErrClosed
	}
	status, shard, key, row := next(n.handle)
	n.leave(s)
	if status != 0 {
		outcome, err = outcomeOf(status, "now")
		return Row{}, outcome, err
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
func (q *Query) Failures() (all []ShardFailure, err error) {
	err = (*noun)(q).within(func(h uintptr) error {
		all = make([]ShardFailure, raw.QueryFailures(h))
		for i := range all {
			_, shard, reason, message, dropped := raw.QueryFailure(h, int64(i))
			all[i] = ShardFailure{shard, Status(reason), message, dropped}
		}
		return nil
	})
	return all, err
}
