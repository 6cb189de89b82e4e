// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/redis/go-redis/v9"
)

const (
	add    = "return redis.call('INCRBY', KEYS[1], ARGV[1])"
	addSHA = "1234567890123456789012345678901234567890"
	pair   = "return {tonumber(ARGV[1]), {2, 'x'}}"
)

// Kinds of clients, by their options.
func clients(t *testing.T, s *server) map[string]redis.UniversalClient {
	s.ask("ACL", "SETUSER", "fleet", "on", ">"+secret, "~*", "+@all")
	of := func(change func(*redis.Options)) redis.UniversalClient {
		o := &redis.Options{Addr: s.address(), Username: "fleet", Password: secret}
		change(o)
		return redis.NewClient(o)
	}
	return map[string]redis.UniversalClient{
		"RESP3": of(func(o *redis.Options) {}),
		"RESP2": of(func(o *redis.Options) { o.Protocol = 2 }),
		"Unix":  of(func(o *redis.Options) { o.Network, o.Addr = "unix", s.socket }),
		"universal": redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{s.address()}, Username: "fleet", Password: secret,
			MaxRetries: 5, PoolSize: 1, ReadTimeout: -1, MinIdleConns: 3}),
	}
}

func kind(value interface{}) string {
	text, isError := value.(said)
	if !isError {
		return fmt.Sprint("no error: ", value)
	}
	word, _, _ := strings.Cut(string(text), " ")
	return word
}

// As the server wrote them, whatever the client makes of them for others.
func TestReplies(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, client := range clients(t, s) {
		s.ask("FLUSHALL")
		fleet := pumped(t, client, 0)
		info := fmt.Sprint(fleet.one("INFO"))
		if !strings.Contains(info, "\r\nrole:master\r\n") || !strings.Contains(info, "\r\nmaxmemory_policy:noeviction\r\n") {
			t.Fatal(name, info)
		}
		values, why := fleet.all("EVAL|"+add+"|1|k|5", "EVAL|"+pair+"|1|k|7", "EVALSHA|"+addSHA+"|1|k|5",
			"EVAL|return KEYS[1]|1|k", "EVAL|return false|1|k", "EVAL|return redis.status_reply('FINE')|1|k",
			"EVAL|return {}|1|k", "EVAL|return redis.error_reply('MINE of mine')|1|k", "EVAL|"+add+"|1|k|1")
		if why != "" || len(values) != 9 || kind(values[2]) != "NOSCRIPT" {
			t.Fatal(name, values, why)
		}
		values[2] = nil
		want := []interface{}{int64(5), []interface{}{int64(7), []interface{}{int64(2), "x"}}, nil, "k", nil, "FINE",
			[]interface{}{}, said("MINE of mine"), int64(6)}
		if !reflect.DeepEqual(values, want) {
			t.Fatalf("%s: %#v", name, values)
		}
	}
}

// The first word of each is its kind; none of the refused was done.
func TestErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, client := range clients(t, s) {
		s.ask("FLUSHALL")
		fleet, one := pumped(t, client, 0), "EVAL|"+add+"|1|k|1"
		refused := func(kinds, text string) {
			t.Helper()
			if got := kind(fleet.one(text)); !strings.Contains(kinds, got) {
				t.Errorf("%s: %s instead of %s", name, got, kinds)
			}
		}
		if got := fleet.one(one); got != int64(1) {
			t.Fatal(name, got)
		}
		refused("ERR", "EVAL|return nonsense(|1|k")
		s.ask("LPUSH", "list", 1)
		refused("WRONGTYPE", "EVAL|"+add+"|1|list|1")
		s.set("min-replicas-to-write", 1)
		refused("NOREPLICAS", one)
		s.set("min-replicas-to-write", 0)
		s.set("maxmemory", 1)
		refused("OOM", one)
		s.set("maxmemory", 0)
		s.ask("ACL", "SETUSER", "fleet", "-eval")
		refused("NOPERM", one)
		s.ask("ACL", "SETUSER", "fleet", "+eval")
		s.ask("REPLICAOF", "127.0.0.1", 1)
		refused("READONLY MASTERDOWN", one)
		if info := fmt.Sprint(fleet.one("INFO")); !strings.Contains(info, "role:slave") {
			t.Error(name, info)
		}
		before := s.connections()
		fleet.one("INFO")
		if s.connections() == before { // who is a replica may not be the server any more that the name leads to
			t.Error(name, "the connection to a replica is kept")
		}
		s.ask("REPLICAOF", "NO", "ONE")
		if got := fleet.one(one); got != int64(2) {
			t.Error(name, got)
		}
		if why := fleet.failures(); len(why) > 0 {
			t.Error(name, why)
		}
	}
}

// Told by their kind alone, and over as soon as the server is back; no reply is waited for for long, and no command is
// sent twice.
func TestFailures(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, client := range clients(t, s) {
		fleet, one := pumped(t, client, 500*time.Millisecond), "EVAL|"+add+"|1|"+name+"|1"
		if got := fleet.one(one); got != int64(1) {
			t.Fatal(name, got)
		}
		s.pause()
		began := time.Now()
		if got := fleet.one(one); got != "failed: timeout" || time.Since(began) > 2*time.Second {
			t.Error(name, got, time.Since(began))
		}
		s.resume()
		if got := fleet.one(one); got != int64(3) { // the one without a reply was done, once
			t.Error(name, got)
		}
		s.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
		time.Sleep(50 * time.Millisecond)
		if got := fleet.one(one); got != int64(4) { // closed while idle: seen before anything is sent
			t.Error(name, got)
		}
	}
	for name, client := range clients(t, s) {
		fleet, one := pumped(t, client, 500*time.Millisecond), "EVAL|"+add+"|1|"+name+"|1"
		fleet.one(one)
		s.kill()
		began := time.Now()
		got := fmt.Sprint(fleet.one(one))
		if !strings.Contains("failed: connection refused, failed: no such file or directory, failed: connection closed", got) ||
			time.Since(began) > time.Second {
			t.Error(name, got)
		}
		s.start()
		s.ask("ACL", "SETUSER", "fleet", "on", ">"+secret, "~*", "+@all")
		within(t, 10*time.Second, "back", func() bool { return fleet.one(one) == int64(1) })
	}
}

// While the server is silent, commands go on being taken; what is stale by then is not sent.
func TestSilence(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	fleet, one := pumped(t, redis.NewClient(&redis.Options{Addr: s.address()}), time.Second), "EVAL|"+add+"|1|k|1"
	if got := fleet.one(one); got != int64(1) {
		t.Fatal(got)
	}
	s.pause()
	fleet.give(one)
	time.Sleep(200 * time.Millisecond)
	stale := fleet.give(one, one, one)
	if !fleet.until(500*time.Millisecond, func() bool { return len(fleet.due) == 0 }) {
		t.Error("nothing is taken while the server is silent")
	}
	if !fleet.until(5*time.Second, func() bool { return len(fleet.why) > 0 }) {
		t.Error("silence is not told")
	}
	s.resume()
	if got := fleet.one(one); got != int64(3) {
		t.Error("a stale one was sent: ", got)
	}
	for _, number := range stale {
		if fleet.until(0, func() bool { return fleet.replies[number] != nil }) {
			t.Error("a stale one has a reply")
		}
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--requirepass", secret)
	fleet := pumped(t, redis.NewClient(&redis.Options{Addr: s.address(), Password: "not-" + secret}), 0)
	if got := fleet.one("INFO"); got != "failed: WRONGPASS" {
		t.Error(got)
	}
	if text := fmt.Sprint(fleet.replies, fleet.failures()); strings.Contains(text, secret) || strings.Contains(text, "127.0.0.1") {
		t.Error(text)
	}
}

// Four looks a second where nothing is due, and no more than one a millisecond where the fleet always says so.
func TestNoIdleWork(t *testing.T) {
	s := newServer(t)
	fleet := pumped(t, redis.NewClient(&redis.Options{Addr: s.address()}), 0)
	fleet.one("INFO")
	var before int
	fleet.change(func() { before = fleet.waits })
	time.Sleep(time.Second)
	fleet.change(func() {
		if fleet.waits-before > 10 {
			t.Errorf("%d waits in a second", fleet.waits-before)
		}
		before, fleet.spins = fleet.takes, true
	})
	time.Sleep(300 * time.Millisecond)
	fleet.change(func() {
		if fleet.takes-before > 400 {
			t.Errorf("%d looks in 0.3 s", fleet.takes-before)
		}
	})
}

// No goroutine and no connection is left; what is due at the end is carried; a second start goes on.
func TestStop(t *testing.T) {
	s := newServer(t)
	connected := func() string { return s.info("clients", "connected_clients") }
	client := redis.NewClient(&redis.Options{Addr: s.address()})
	defer client.Close()
	connections, goroutines := connected(), runtime.NumGoroutine()
	fleet := newScripted(t)
	pump, err := newPump(fleet, client, PumpOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	for _, end := range []func(){pump.Stop, cancel} {
		pump.Start(ctx)
		pump.Start(ctx)
		if fleet.one("INFO"); !pump.Running() {
			t.Error("does not run")
		}
		if _, err := pump.Step(ctx, 0); err == nil {
			t.Error("steps while it runs")
		}
		end()
		within(t, 2*time.Second, "over", func() bool { return !pump.Running() })
		within(t, 2*time.Second, "all goroutines gone", func() bool { return runtime.NumGoroutine() <= goroutines })
		within(t, 2*time.Second, "all connections closed", func() bool { return connected() == connections })
	}
	pump.Stop()

	pump.Start(context.Background())
	fleet.one("INFO")
	last := fleet.give("EVAL|" + add + "|1|last|1")
	pump.Stop()
	if fleet.replies[last[0]] != int64(1) {
		t.Error("what was due at the end was not carried")
	}

	numbers := fleet.give("INFO", "INFO")
	if count, err := pump.Step(context.Background(), time.Second); count != 2 || err != nil || fleet.replies[numbers[1]] == nil {
		t.Error(count, err)
	}
	began := time.Now()
	if count, err := pump.Step(context.Background(), 300*time.Millisecond); count != 0 || err != nil || time.Since(began) < 300*time.Millisecond {
		t.Error(count, err, time.Since(began))
	}
	if _, err := pump.Step(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	pump.Stop()
	within(t, 2*time.Second, "all connections closed", func() bool { return connected() == connections })
}

func TestWrongArguments(t *testing.T) {
	ring := redis.NewRing(&redis.RingOptions{Addrs: map[string]string{"one": "127.0.0.1:1"}})
	defer ring.Close()
	client := redis.NewClient(&redis.Options{})
	defer client.Close()
	for _, c := range []struct {
		want  string
		fleet *outgrow.Fleet
		is    redis.UniversalClient
		at    time.Duration
	}{
		{"*redis.Ring", new(outgrow.Fleet), ring, 0}, {"<nil>", new(outgrow.Fleet), nil, 0},
		{"*redis.Client", new(outgrow.Fleet), (*redis.Client)(nil), 0}, {"fleet is nil", nil, client, 0},
		{"Timeout must be more than 0, not -1s", new(outgrow.Fleet), client, -time.Second},
	} {
		if _, err := NewPump(c.fleet, c.is, PumpOptions{Timeout: c.at}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v instead of %s", err, c.want)
		}
	}
	// A fleet that was never made, or is closed, ends the pump.
	pump, err := NewPump(new(outgrow.Fleet), client, PumpOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pump.Start(context.Background())
	within(t, 2*time.Second, "over", func() bool { return !pump.Running() })
	if _, err := pump.Step(context.Background(), 0); !errors.Is(err, outgrow.ErrClosed) {
		t.Error(err)
	}
}
