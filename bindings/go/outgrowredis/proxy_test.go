// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Stands before a server. Where it is to cut, the next reply of the server does not come back: the connection is closed.
type proxy struct {
	listener net.Listener
	cuts     int32
}

func newProxy(t *testing.T, s *server) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxy{listener: l}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", s.socket)
			if err != nil {
				near.Close()
				continue
			}
			go carryAll(near, far, nil)
			go carryAll(far, near, &p.cuts)
		}
	}()
	return p
}

func carryAll(from, to net.Conn, cuts *int32) {
	defer from.Close()
	defer to.Close()
	bytes := make([]byte, 1<<16)
	for {
		count, err := from.Read(bytes)
		if err != nil || cuts != nil && atomic.CompareAndSwapInt32(cuts, 1, 0) {
			return
		}
		if _, err := to.Write(bytes[:count]); err != nil {
			return
		}
	}
}

// A command whose reply is lost with the connection was done, and is not sent again.
func TestLostReply(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	p := newProxy(t, s)
	address := p.listener.Addr().String()
	for name, client := range map[string]redis.UniversalClient{
		"client":  redis.NewClient(&redis.Options{Addr: address, MaxRetries: 3}),
		"cluster": redis.NewClusterClient(&redis.ClusterOptions{MaxRedirects: 3, ClusterSlots: slotsAt(address)}),
	} {
		fleet, one := pumped(t, client, time.Second), "EVAL|"+add+"|1|"+name+"|1"
		if got := fleet.one(one); got != int64(1) {
			t.Fatal(name, got)
		}
		atomic.StoreInt32(&p.cuts, 1)
		if got := fleet.one(one); got != "failed: connection closed" && got != "failed: connection reset by peer" {
			t.Error(name, got)
		}
		if got := fleet.one(one); got != int64(3) {
			t.Error(name, got)
		}
	}
}
