// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"fmt"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// What errors.Is finds in errors of this package. The first seven are outcomes, which are errors only
// where a call promises to have done something: [RateLimiter.Wait], [CircuitBreaker.Do] and their like.
var (
	ErrLimited error = statusError(StatusDenied)  // over the rate; errors.As a *LimitedError
	ErrOpen    error = statusError(StatusRefused) // the breaker is open; errors.As an *OpenError
	ErrNone    error = statusError(StatusNone)    // no server or node may be chosen; no count is known
	ErrFull    error = statusError(StatusFull)    // a table or buffer has no room, or errors.As a *FullError
	ErrAbsent  error = statusError(StatusAbsent)  // known not to exist; a loader returns it to say so
	ErrNotMet  error = notMet{}                   // too many shards of a query have failed
	ErrLapsed  error = statusError(StatusLapsed)  // the lease, permit or ticket no longer stands

	ErrClosed          error = statusError(StatusClosed) // used after Close, or never made
	ErrInvalidArgument error = statusError(StatusInvalidArgument)
	ErrUnknownOption   error = statusError(StatusUnknownOption)
	ErrBadValue        error = statusError(StatusBadValue)
	ErrNoMemory        error = statusError(StatusNoMemory)
	ErrIO              error = statusError(StatusIO)
	ErrStore           error = statusError(StatusStore)
	ErrTimeout         error = statusError(StatusTimeout)
	ErrInterrupted     error = statusError(StatusInterrupted) // a wait: what has a ctx gives the ctx's error
	ErrUnsupported     error = statusError(StatusUnsupported) // not in this build: see the build tags
	ErrInternal        error = statusError(StatusInternal)
)

// String is the status as a word, such as "bad value".
func (s Status) String() string { return raw.StatusText(int32(s)) }

type statusError Status

func (e statusError) Error() string { return "outgrow: " + Status(e).String() }

type notMet struct{}

func (notMet) Error() string { return "outgrow: the query's policy can no longer be met" }

// Error is what the library has to say about a call that failed.
type Error struct {
	Status  Status
	Option  string // the option or argument at fault, or ""
	Message string // the library's own, one line
}

func (e *Error) Error() string { return e.Message }

// Is compares with [ErrBadValue] and its like.
func (e *Error) Is(target error) bool { return target == statusError(e.Status) }

// LimitedError says that a key is over its rate. It is [ErrLimited].
type LimitedError struct {
	RetryAfter time.Duration // until the same request passes; [Never] when it never will
	Message    string        // what [RateLimiter.RefusalText] said of it
}

func (e *LimitedError) Error() string {
	return refused(e.Message, "over the rate limit", e.RetryAfter)
}

// Is compares with [ErrLimited].
func (e *LimitedError) Is(target error) bool { return target == ErrLimited }

// OpenError says that a breaker let a call not through. It is [ErrOpen].
type OpenError struct {
	RetryAfter time.Duration // until it lets one try, at the earliest; 0 when as many calls as may are trying
	Message    string        // what [CircuitBreaker.RefusalText] said of it
}

func (e *OpenError) Error() string {
	return refused(e.Message, "the circuit breaker is open", e.RetryAfter)
}

// Is compares with [ErrOpen].
func (e *OpenError) Is(target error) bool { return target == ErrOpen }

// FullError says that as many calls are in flight as may be. It is [ErrFull].
type FullError struct {
	Message string // what [ConcurrencyLimiter.RefusalText] said of it
}

func (e *FullError) Error() string {
	return refused(e.Message, "as many calls are in flight as may be", 0)
}

// Is compares with [ErrFull].
func (e *FullError) Is(target error) bool { return target == ErrFull }

// What the noun said, or the same words where no noun did: of a [Service], which has several.
func refused(message, what string, wait time.Duration) string {
	switch {
	case message != "":
		return "outgrow: " + message
	case wait == 0:
		return "outgrow: " + what
	case wait == Never:
		return "outgrow: " + what + "; it never passes"
	}
	return "outgrow: " + what + "; try again in " + wait.String()
}

// Takes the library's error, or makes one from the status.
func failure(status int32, handle uintptr) error {
	if handle == 0 {
		return fault(status, "")
	}
	e := &Error{Status(status), raw.ErrorOption(handle), raw.ErrorMessage(handle)}
	raw.ErrorDestroy(handle)
	return e
}

// Whether an argument was refused.
func invalid[T ~int32 | ~int64 | ~float64](answer T) bool { return answer == T(StatusInvalidArgument) }

// The error of an argument that cannot be what it is; said comes before its value.
func wrong[T ~int32 | ~int64 | ~float64](said, what string, value T) error {
	return &Error{Status: StatusInvalidArgument, Option: what, Message: said + fmt.Sprint(value)}
}

// The same of what is said without a value.
func wrongly(said, what string) error {
	return &Error{Status: StatusInvalidArgument, Option: what, Message: said}
}

// The error of a call that says no more than its status; what are the arguments that may be at fault.
func fault(status int32, what string) error {
	s := Status(status)
	switch {
	case s == StatusNullHandle:
		return ErrClosed
	case what == "" || s != StatusInvalidArgument:
		return &Error{Status: s, Message: s.String()}
	}
	return &Error{Status: s, Option: what, Message: s.String() + ": " + what}
}
