// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// What the library's answers are to Go's users; generated methods end in these. Errors are at or below
// StatusInvalidArgument, outcomes between that and 0. blame names the arguments that may be at fault.

func done(status int32, blame string) error {
	if status == 0 {
		return nil
	}
	return fault(status, blame)
}

// Of a call that says itself what went wrong.
func settled(status int32, failed uintptr) error {
	if status == 0 {
		return nil
	}
	return failure(status, failed)
}

// Whether a call counted: a lapsed permit, lease or ticket is an outcome.
func counted(status int32, blame string) (bool, error) {
	switch Status(status) {
	case StatusOK:
		return true, nil
	case StatusLapsed:
		return false, nil
	}
	return false, fault(status, blame)
}

func truthOf(truth int32, blame string) (bool, error) {
	if truth < 0 {
		return false, fault(truth, blame)
	}
	return truth == 1, nil
}

// also are errors that are outcomes of this call.
func outcomeOf(status int32, blame string, also ...Status) (Status, error) {
	if status > int32(StatusInvalidArgument) {
		return Status(status), nil
	}
	for _, s := range also {
		if Status(status) == s {
			return s, nil
		}
	}
	return Status(status), fault(status, blame)
}

func number(n int64, blame string) (int64, error) {
	if n < 0 {
		return 0, fault(int32(n), blame)
	}
	return n, nil
}

func countOf(n int64, blame string) (int, error) {
	n, err := number(n, blame)
	return int(n), err
}

func durationOf(ns int64, blame string) (time.Duration, error) {
	if ns < 0 {
		return 0, fault(int32(ns), blame)
	}
	return time.Duration(ns), nil
}

// A number that is negative for none.
func measured(value float64, blame string) (float64, bool, error) {
	switch {
	case value == float64(StatusNone):
		return 0, false, nil
	case value < 0:
		return 0, false, fault(int32(value), blame)
	}
	return value, true, nil
}

// A number that is always there.
func realOf(value float64, blame string) (float64, error) {
	value, _, err := measured(value, blame)
	return value, err
}

func constantOf[T ~int32](constant int32, blame string) (T, error) {
	if constant < 0 {
		return 0, fault(constant, blame)
	}
	return T(constant), nil
}

func constantWith[T ~int32](constant int32, with int64, blame string) (T, int64, error) {
	if constant < 0 {
		return 0, 0, fault(constant, blame)
	}
	return T(constant), with, nil
}

// An index, or an outcome as a number.
func indexOf(index int32, blame string) (int32, error) {
	if index <= int32(StatusInvalidArgument) {
		return int32(StatusNone), fault(index, blame)
	}
	return index, nil
}

// The number of what a call made.
func numberedBy[T ~int32](number int32, failed uintptr) (T, error) {
	if number < 0 {
		return 0, failure(number, failed)
	}
	return T(number), nil
}

// 0 is none: why there is none is the only outcome that the call has.
func permitted[T ~int64](permit int64, blame string) (T, error) {
	switch {
	case permit > 0:
		return T(permit), nil
	case permit > int64(StatusInvalidArgument):
		return 0, nil
	}
	return 0, fault(int32(permit), blame)
}

func ticketed[T ~int64](ticket int64, index int32, blame string) (T, int32, Status, error) {
	switch {
	case ticket > 0:
		return T(ticket), index, StatusOK, nil
	case ticket > int64(StatusInvalidArgument):
		return 0, int32(StatusNone), Status(ticket), nil
	}
	return 0, int32(StatusNone), Status(ticket), fault(int32(ticket), blame)
}

func textOf(status int32, text, failed uintptr) (string, error) {
	if status != 0 {
		return "", failure(status, failed)
	}
	defer raw.TextDestroy(text)
	return raw.TextData(text), nil
}

// The value of a store, and whether there is one.
func answered(answer int64, value raw.Value, failed uintptr) ([]byte, bool, error) {
	switch {
	case answer >= 0:
		return taken(value), true, nil
	case Status(answer) == StatusAbsent:
		return nil, false, nil
	}
	return nil, false, failure(int32(answer), failed)
}

func answeredFrom(answer int64, value raw.Value, failed uintptr, from Source) ([]byte, bool, Source, error) {
	got, found, err := answered(answer, value, failed)
	return got, found, from, err
}

// A noun that another has, or nil where it has none.
func part(kind string, status int32, handle, failed uintptr, destroy func(uintptr)) (*noun, error) {
	if kept, err := keptOf(status, failed); !kept {
		return nil, err
	}
	return adopt(kind, status, handle, failed, destroy)
}

// Whether there is one: none is no error.
func keptOf(status int32, failed uintptr) (bool, error) {
	if Status(status) != StatusNone {
		return status == 0, settled(status, failed)
	}
	if failed != 0 {
		raw.ErrorDestroy(failed)
	}
	return false, nil
}
