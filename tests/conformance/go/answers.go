// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// How vectors spell what Go answers, a kind each: `answers` in bindings/generate/vectors.py.

// Whether the step wants the form that is given the time.
func given(s step) bool { return s.text("time") == "given" }

func answerWait(wait time.Duration, err error) any {
	switch {
	case err != nil || outgrow.Status(wait) == outgrow.StatusInvalidArgument: // of one of many
		return "invalid"
	case wait == outgrow.Never:
		return "never"
	}
	return int64(wait)
}

func answerDuration(duration time.Duration, err error) any {
	return answerCount(int64(duration), err)
}

func answerCount[T any](n T, err error) any {
	if err != nil {
		return "invalid"
	}
	return n
}

func answerNumber(number float64, known bool, err error) any {
	if err == nil && !known {
		return nil
	}
	return answerCount(number, err)
}

func answerTruth(truth bool, err error) any {
	if truth {
		return answerCount(1, err)
	}
	return answerCount(0, err)
}

func answerEnum[T fmt.Stringer](value T, err error) any { return answerCount(value.String(), err) }

func answerIndex(index int32, err error) any {
	switch {
	case err != nil:
		return "invalid"
	case index < 0:
		return word(outgrow.Status(index), nil) // none, or of a ticket that has lapsed
	}
	return index
}

func answerFoundIndex(index int32, found bool, err error) any {
	if err == nil && !found {
		return "none"
	}
	return answerIndex(index, err)
}

func answerDone(err error) any { return word(outgrow.StatusOK, err) }

func answerStood(counts bool, err error) any {
	if err == nil && !counts {
		return "lapsed"
	}
	return answerDone(err)
}

func answerOutcome(outcome outgrow.Status, err error) any { return word(outcome, err) }

// An error by its number and option.
func answerError(err error) any {
	var failed *outgrow.Error
	if errors.As(err, &failed) {
		return step{"error": int32(failed.Status), "option": failed.Option}
	}
	must(err)
	return "ok"
}

func orError[T any](answer T, err error) any {
	if err != nil {
		return answerError(err)
	}
	return answer
}

func orNumber[T any](answer T, err error) any {
	var failed *outgrow.Error
	if errors.As(err, &failed) {
		return int32(failed.Status)
	}
	return orError(answer, err)
}

func answerBytes(s step, value []byte, found bool, err error) any {
	switch {
	case err != nil:
		return answerError(err)
	case !found:
		return "absent"
	case s.truth("hex", false):
		return hex.EncodeToString(value)
	}
	return string(value)
}

// Go's Get grows the room that it is given: what fits is the whole's beginning.
func copied(value []byte, room int64, outcome outgrow.Status, err error) any {
	if outcome != outgrow.StatusOK || err != nil {
		return word(outcome, err)
	}
	if room > int64(len(value)) {
		room = int64(len(value))
	}
	return step{"size": len(value), "bytes": string(value[:room])}
}

// What a get found in a cache.
func found(value []byte, outcome outgrow.Status, err error) any {
	if outcome != outgrow.StatusOK || err != nil {
		return word(outcome, err)
	}
	return step{"value": string(value)}
}

func answerLeased(held map[string]int64, s step, seen outgrow.Leased) any {
	return leased(held, s, "lease", int64(seen.Lease), seen.Outcome, seen.Value, seen.Wait)
}

func answerBegun(held map[string]int64, s step, seen outgrow.Begun) any {
	return leased(held, s, "run", int64(seen.Ticket), seen.Outcome, seen.Value, seen.Wait)
}

// What was granted is remembered, and its outcome is the word for it.
func leased(held map[string]int64, s step, given string, id int64, outcome outgrow.Status, value []byte, wait time.Duration) any {
	said := step{"outcome": word(outcome, nil), "value": textOrNil(value), "wait_ms": wait.Milliseconds()}
	switch outcome {
	case outgrow.StatusMiss:
		held[s.text("as")] = id
		said["outcome"] = given
	case outgrow.StatusOK:
		said["outcome"] = "hit"
	}
	return said
}

func foundOf(got outgrow.Got) any { return found(got.Value, got.Outcome, nil) }

func answerPinned(pinned *outgrow.Value, outcome outgrow.Status, err error) any {
	defer pinned.Close()
	return found(pinned.Bytes(), outcome, err)
}

func keep(held map[string]int64, s step, id int64, err error) any {
	if err == nil {
		held[s.text("as")] = id
	}
	return answerDone(err)
}

// The lines that begin with the member `prefix`.
func lines(s step, text string) any {
	found := []any{}
	for _, line := range strings.Split(text, "\n") {
		if line != "" && strings.HasPrefix(line, s.text("prefix")) {
			found = append(found, line)
		}
	}
	return found
}

func each[T any](all []T, err error, spell func(T) any) any {
	if err != nil {
		return answerError(err)
	}
	spelled := []any{}
	for _, one := range all {
		spelled = append(spelled, spell(one))
	}
	return spelled
}

// A constant by its word; one that there is not for a word that there is not.
func constantOf[T interface {
	~int32
	String() string
}](word string) T {
	constant := T(0)
	for constant.String() != "" && constant.String() != word {
		constant++
	}
	return constant
}

// A member of what came: a status as its number, other constants as words; nil for none and for NaN.
func plain(value any) any {
	switch v := value.(type) {
	case outgrow.Status:
		return int32(v)
	case []byte:
		return textOrNil(v)
	case float64:
		if math.IsNaN(v) {
			return nil
		}
	case fmt.Stringer:
		if reflect.ValueOf(v).Int() == int64(outgrow.StatusNone) {
			return nil
		}
		return v.String()
	case int32:
		if v == int32(outgrow.StatusNone) {
			return nil
		}
	}
	return value
}

func memberOf(value any, name string) any {
	return plain(reflect.ValueOf(value).FieldByName(name).Interface())
}

// Of each, the fields of these names.
func answerRows[T any](all []T, err error) func(fields ...string) any {
	return func(fields ...string) any {
		if err != nil {
			return "invalid"
		}
		rows := []any{}
		for _, one := range all {
			row := []any{}
			for _, field := range fields {
				row = append(row, memberOf(one, field))
			}
			rows = append(rows, row)
		}
		return rows
	}
}

// Members and the fields that they are, by turns.
func answerRecord[T any](said T, err error) func(fields ...string) any {
	return answerKeptRecord(said, true, err)
}

func answerKeptRecord[T any](said T, kept bool, err error) func(fields ...string) any {
	return func(fields ...string) any {
		if err != nil {
			return answerError(err)
		}
		if !kept {
			return nil
		}
		members := step{}
		for i := 0; i < len(fields); i += 2 {
			members[fields[i]] = memberOf(said, fields[i+1])
		}
		return members
	}
}

// An outcome, or an error as {"error"}, but for "full" and "closed".
func orStatus(outcome outgrow.Status, err error) any {
	var failed *outgrow.Error
	switch {
	case errors.Is(err, outgrow.ErrClosed):
		return "closed"
	case errors.Is(err, outgrow.ErrFull):
		return "full"
	case errors.As(err, &failed):
		return step{"error": int32(failed.Status)}
	}
	return word(outcome, err)
}

func answerLeft(left time.Duration, err error) any {
	return answerKnownLeft(left, left != outgrow.Never, err)
}

func answerKnownLeft(left time.Duration, known bool, err error) any {
	switch {
	case err != nil:
		return "invalid"
	case !known:
		return "none"
	}
	return left.Milliseconds()
}

var background = context.Background()

// Remembers what was given under the member `as`.
func take(held map[string]int64, s step, id int64, otherwise string, err error) any {
	must(err)
	if id <= 0 {
		return otherwise
	}
	held[s.text("as")] = id
	return "permit"
}

func takeTicket(held map[string]int64, s step, id int64, outcome outgrow.Status, err error, answer func() any) any {
	if id <= 0 || err != nil {
		return word(outcome, err)
	}
	held[s.text("as")] = id
	return answer()
}

func nameOf(endpoints *outgrow.Endpoints, index int32) any {
	if index < 0 {
		return answerIndex(index, nil)
	}
	return made(endpoints.Name(index))
}

// The index of that name; one that is none.
func indexOf(endpoints *outgrow.Endpoints, name string) int32 {
	if index, found, err := endpoints.Find(name); found && err == nil {
		return index
	}
	return -1
}

func textOrNil(value []byte) any {
	if value == nil {
		return nil
	}
	return string(value)
}
