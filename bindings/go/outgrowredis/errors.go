// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9"
)

// A failure before a command was sent, though a server's answer may be the reason: that to AUTH.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// A server's error reply, as it wrote it, if err is one to the command.
func answered(err error) (redis.Error, bool) {
	var said redis.Error
	_, before := err.(unanswered)
	return said, !before && errors.As(err, &said)
}

// The first word of a server's error.
func kindOf(said error) string {
	kind, _, _ := strings.Cut(said.Error(), " ")
	return kind
}

// Why a client failed, in words that hold neither an address nor a password: those of an error's text may.
func why(err error) string {
	var (
		name   *net.DNSError
		number syscall.Errno
		late   interface{ Timeout() bool }
	)
	var said redis.Error
	switch {
	case errors.As(err, &said):
		return kindOf(said)
	case errors.As(err, &name):
		return "name not resolved"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return "timeout"
	case errors.As(err, &number):
		return number.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "connection closed"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}
