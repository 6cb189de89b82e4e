// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/redis/go-redis/v9"
)

// A machine of a fleet: a host scope, with a process that has a pump.
type machine struct {
	scopes  [2]*outgrow.Scope
	fleet   *outgrow.Fleet
	limiter *outgrow.RateLimiter
	pump    *Pump
}

func newMachine(segment, address string) (*machine, error) {
	host, err := outgrow.HostScope(segment, outgrow.ScopeOptions{})
	if err != nil {
		return nil, err
	}
	m := &machine{scopes: [2]*outgrow.Scope{host}}
	if m.fleet, err = outgrow.NewFleet(outgrow.FleetOptions{Scope: host, Name: "shop", Timeout: 500 * time.Millisecond}); err != nil {
		return nil, err
	}
	scope, err := m.fleet.Scope()
	if err != nil {
		return nil, err
	}
	m.scopes[1] = scope
	if m.limiter, err = outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "60/h", Scope: scope, Name: "logins"}); err != nil {
		return nil, err
	}
	client := redis.NewClient(&redis.Options{Addr: address, Password: secret})
	if m.pump, err = NewPump(m.fleet, client, PumpOptions{}); err != nil {
		return nil, err
	}
	m.pump.Start(context.Background())
	return m, nil
}

func segment(t *testing.T, name string) string {
	path := fmt.Sprintf("/outgrow-go-redis-%s-%d", name, os.Getpid())
	t.Cleanup(func() { _ = outgrow.RemoveScope(path) })
	return path
}

func machines(t *testing.T, s *server, names ...string) (all []*machine) {
	t.Helper()
	for _, name := range names {
		m, err := newMachine(segment(t, name), s.address())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			m.pump.Stop()
			m.limiter.Close()
			m.fleet.Close()
			for _, scope := range m.scopes {
				scope.Close()
			}
		})
		all = append(all, m)
	}
	return all
}

func (m *machine) status(t *testing.T) map[string]interface{} {
	t.Helper()
	text, err := m.fleet.Status()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, secret) || strings.Contains(text, "127.0.0.1") {
		t.Errorf("an address or a password in %s", text)
	}
	status := map[string]interface{}{}
	if err := json.Unmarshal([]byte(text), &status); err != nil {
		t.Fatal(err)
	}
	return status
}

// Of one key of 60 an hour, what two machines let through between them: no more than burst and slice.
func TestOneLimit(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--requirepass", secret)
	both := machines(t, s, "one", "two")
	for _, m := range both {
		within(t, 10*time.Second, "up", func() bool { return m.status(t)["state"] == "up" })
	}
	spend := func(key string) (passed [2]int) {
		for i := 0; i < 200; i++ {
			if both[i%2].limiter.Allow(key) {
				passed[i%2]++
			}
			time.Sleep(time.Millisecond)
		}
		return passed
	}
	// burst 60, and a slice, a tenth of it, for each of them: see docs/fleet.md; nothing is added within this time.
	if passed := spend("alice"); passed[0] == 0 || passed[1] == 0 || passed[0]+passed[1] > 60+2*6 || passed[0]+passed[1] < 45 {
		t.Error("passed", passed)
	}

	// Stopped, it is apart, and lets through its share; started, empty, it is up again.
	s.kill()
	within(t, 10*time.Second, "apart", func() bool {
		both[0].limiter.Allow("bob")
		return both[0].status(t)["state"] == "apart"
	})
	if why := both[0].status(t)["why"]; why != "connection refused" && why != "connection closed" && why != "connection reset by peer" {
		t.Error(why)
	}
	if !both[0].limiter.Allow("carol") {
		t.Error("nothing passes while the server is stopped")
	}
	s.start()
	for _, m := range both {
		within(t, 20*time.Second, "up again", func() bool {
			m.limiter.Allow("bob")
			return m.status(t)["state"] == "up"
		})
	}
}

// When the agent dies, another process's pump takes over within a second; leaving tells the others.
func TestHandover(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--requirepass", secret)
	path := segment(t, "handover")
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "OUTGROW_HELPER="+path, "OUTGROW_ADDRESS="+s.address())
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	other.Stderr = os.Stderr
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Process.Kill()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "up\n" {
		t.Fatal(line, err)
	}
	here := machines(t, s, "handover")[0]
	if got := here.status(t)["agent"]; got != "another process" {
		t.Fatal(got)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	within(t, 3*time.Second, "the agent", func() bool { return here.status(t)["agent"] == "this process" })
	within(t, 10*time.Second, "up", func() bool { return here.status(t)["state"] == "up" })
	count := func() interface{} { return s.ask("ZCARD", "outgrow:shop:members") }
	within(t, 5*time.Second, "a member", func() bool { return count() == int64(1) })
	if err := here.fleet.Leave(); err != nil {
		t.Fatal(err)
	}
	here.pump.Stop()
	if count() != int64(0) {
		t.Error("a machine that left is a member still")
	}
}

// The other process of TestHandover: it is the agent, until it is killed.
func helper() {
	m, err := newMachine(os.Getenv("OUTGROW_HELPER"), os.Getenv("OUTGROW_ADDRESS"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for {
		status, _ := m.fleet.Status()
		if strings.Contains(strings.ReplaceAll(status, " ", ""), `"state":"up"`) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("up")
	time.Sleep(time.Minute)
	os.Exit(0)
}
