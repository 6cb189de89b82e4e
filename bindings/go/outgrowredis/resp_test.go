// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"reflect"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestCommands(t *testing.T) {
	got, err := commandsOf(":7\r\n*1\r\n$4\r\nINFO\r\n*2\r\n$0\r\n\r\n$3\r\n\r\n*\r\n")
	want := []command{{7, []string{"INFO"}}, {8, []string{"", "\r\n*"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Error(got, err)
	}
	if got, err := commandsOf(""); got != nil || err != nil {
		t.Error(got, err)
	}
	for _, text := range []string{"7", ":7", ":x\r\n", ":7\r\n*1\r\n", ":7\r\n*1\r\n$9\r\nx\r\n", ":7\r\n*1\r\n$-1\r\n", ":7\r\n$1\r\nx\r\n", "*1\r\n$1\r\nx\r\n"} {
		if got, err := commandsOf(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What go-redis makes of replies of either version of the protocol.
func TestReplyOf(t *testing.T) {
	big, _ := new(big.Int).SetString("3492890328409238509324850943850943825024385", 10)
	for _, c := range []struct {
		value interface{}
		want  string
	}{
		{nil, "$-1\r\n"}, {int64(-7), ":-7\r\n"}, {"a\r\nb", "$4\r\na\r\nb\r\n"}, {"", "$0\r\n\r\n"},
		{true, ":1\r\n"}, {false, ":0\r\n"}, {1.5, "$3\r\n1.5\r\n"}, {big, "$43\r\n" + big.String() + "\r\n"},
		{errors.New("NOSCRIPT No\r\nmatch"), "-NOSCRIPT No match\r\n"},
		{[]interface{}{int64(1), []interface{}{}, nil}, "*3\r\n:1\r\n*0\r\n$-1\r\n"},
		{map[interface{}]interface{}{"a": int64(1)}, "*2\r\n$1\r\na\r\n:1\r\n"},
	} {
		if got := replyOf(c.value); got != c.want {
			t.Errorf("%v: %q instead of %q", c.value, got, c.want)
		}
	}
}

func TestWhy(t *testing.T) {
	address := &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 6379}
	of := func(err error) error { return fmt.Errorf("of user:password@10.1.2.3: %w", err) }
	dial := func(err error) error { return of(&net.OpError{Op: "dial", Net: "tcp", Addr: address, Err: err}) }
	for _, c := range []struct {
		err  error
		want string
	}{
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "connection refused"},
		{dial(&net.DNSError{Err: "no such host", Name: "redis.internal"}), "name not resolved"},
		{dial(os.ErrDeadlineExceeded), "timeout"}, {of(context.DeadlineExceeded), "timeout"},
		{of(io.EOF), "connection closed"}, {of(net.ErrClosed), "connection closed"},
		{of(redis.ErrClosed), "*errors.errorString"}, {of(redis.ErrCrossSlot), "CROSSSLOT"},
	} {
		if got := why(c.err); got != c.want {
			t.Errorf("%v: %s instead of %s", c.err, got, c.want)
		}
	}
}
