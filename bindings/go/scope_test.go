// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A segment of this test's own, removed at its end. In a child of the test's it is the parent's.
func hostScope(t testing.TB, o ScopeOptions) (*Scope, string) {
	name := os.Getenv("OUTGROW_TEST_SCOPE")
	if name == "" {
		name = fmt.Sprintf("/outgrow-go-test-%d-%s", os.Getpid(), t.Name())
		t.Cleanup(func() { RemoveScope(name) })
	}
	s, err := HostScope(name, o)
	return made(t, s, err), name
}

func limiterIn(t testing.TB, s *Scope, rate string) *RateLimiter {
	l, err := NewRateLimiter(RateLimiterOptions{Rate: rate, Keys: 16, Scope: s, Name: "logins"})
	return made(t, l, err)
}

func breakerIn(t testing.TB, s *Scope) *CircuitBreaker {
	b, err := NewCircuitBreaker(CircuitBreakerOptions{FailureThreshold: 2, Scope: s, Name: "db"})
	return made(t, b, err)
}

// This process takes two of three tokens and a failure; another, this test's binary again, the third
// token and the second failure.
func TestProcessesShare(t *testing.T) {
	s, name := hostScope(t, ScopeOptions{Size: 1 << 20})
	l, b := limiterIn(t, s, "3/h"), breakerIn(t, s)
	fails := func() (bool, error) {
		permit, _ := b.Enter()
		return b.Exit(permit, false)
	}
	if os.Getenv("OUTGROW_TEST_SCOPE") != "" {
		counts, err := fails()
		attachments, _ := s.Stat(ScopeAttachments)
		fmt.Println("child:", l.Allow("alice"), l.Allow("alice"), counts, err, attachments)
		return
	}
	if !l.Allow("alice") || !l.Allow("alice") {
		t.Fatal("denied")
	}
	if counts, err := fails(); !counts || err != nil {
		t.Fatal(counts, err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestProcessesShare$")
	child.Env = append(os.Environ(), "OUTGROW_TEST_SCOPE="+name)
	said, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "child: true false true <nil> 2\n") {
		t.Fatalf("%v: %s", err, said)
	}
	if l.Allow("alice") {
		t.Error("the child's token was another")
	}
	if permit, err := b.Enter(); permit != 0 || err != nil {
		t.Error("the child's failure was another's", permit, err)
	}
	if attachments, err := s.Stat(ScopeAttachments); attachments != 1 || err != nil {
		t.Error(attachments, err)
	}
}

func TestNounsKeepTheirScope(t *testing.T) {
	s, _ := hostScope(t, ScopeOptions{})
	l := limiterIn(t, s, "1/h")
	s.Close()
	if !l.Allow("alice") || l.Allow("alice") {
		t.Error("the limiter went with its scope")
	}
	if _, err := s.Stat(ScopeBytes); err != ErrClosed {
		t.Error(err)
	}
	if _, err := NewCircuitBreaker(CircuitBreakerOptions{Scope: s, Name: "db"}); err != ErrClosed {
		t.Error(err)
	}
}

func TestOtherOptionsAreTold(t *testing.T) {
	s, name := hostScope(t, ScopeOptions{})
	limiterIn(t, s, "1/h")
	limiterIn(t, s, "2/h")
	told, err := s.Differences()
	want := "segment '" + name + "': limiter 'logins' is there with rate=1/3600s, not with rate=2/3600s"
	if told != want || err != nil {
		t.Error(told, err)
	}
}

func TestScopesRefuse(t *testing.T) {
	s, name := hostScope(t, ScopeOptions{})
	limiterIn(t, s, "1/h")
	in := func(rate string, s *Scope, name string) error {
		l, err := NewRateLimiter(RateLimiterOptions{Rate: rate, Keys: 16, Scope: s, Name: name,
			OnMismatch: OnMismatchRefuse})
		l.Close()
		return err
	}
	wants(t, "another rate", in("2/h", s, "logins"), ErrBadValue, "rate")
	wants(t, "NUL in a name alone", in("1/h", nil, "log\x00ins"), ErrInvalidArgument, "Name")
	if err := in("1/h", nil, "logins"); err != nil {
		t.Error("a name alone:", err)
	}
	wants(t, "a scope alone", in("1/h", s, ""), ErrInvalidArgument, "")
	wants(t, "NUL in a name", in("1/h", s, "log\x00ins"), ErrInvalidArgument, "Name")
	wants(t, "a layer's", second(NewService(ServiceOptions{Breaker: &CircuitBreakerOptions{Scope: s}})),
		ErrInvalidArgument, "breaker.policy")
	wants(t, "size", second(HostScope(name, ScopeOptions{Size: 1})), ErrBadValue, "size")
	wants(t, "access", second(HostScope(name, ScopeOptions{Access: "all"})), ErrBadValue, "access")
	wants(t, "no name", second(HostScope("", ScopeOptions{})), ErrInvalidArgument, "name")
	wants(t, "NUL", second(HostScope("/a\x00b", ScopeOptions{})), ErrInvalidArgument, "name")
	for what, err := range map[string]error{
		"inspect": second(InspectScope("/outgrow-no-such")), "remove": RemoveScope("/outgrow-no-such")} {
		if !errors.Is(err, ErrIO) {
			t.Error(what, err)
		}
	}
	wants(t, "inspect NUL", second(InspectScope("/a\x00b")), ErrInvalidArgument, "name")
	wants(t, "remove NUL", RemoveScope("/a\x00b"), ErrInvalidArgument, "name")
	wants(t, "no such stat", second(s.Stat(99)), ErrInvalidArgument, "which")
}

func TestAProgramThatIsStartedHoldsNothing(t *testing.T) {
	s, name := hostScope(t, ScopeOptions{Size: 1 << 20})
	program := exec.Command("sleep", "600")
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer program.Wait()
	defer program.Process.Kill()
	if n, err := s.Stat(ScopeAttachments); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	s.Close()
	// The kernel closes what is closed on exec after whoever started the program goes on.
	for until := time.Now().Add(time.Minute); ; {
		r, err := InspectScope(name)
		if err == nil && len(r.Attachments) == 0 {
			break
		}
		if err != nil || time.Now().After(until) {
			t.Fatalf("%v %+v", err, r.Attachments)
		}
	}
}

func TestScopeReport(t *testing.T) {
	s, name := hostScope(t, ScopeOptions{Size: 1 << 20})
	l := limiterIn(t, s, "1/h")
	l.Allow("alice")
	l.Allow("alice")
	r, err := InspectScope(name)
	if err != nil || r.Name != name || r.Bytes != 1<<20 || r.BytesLeft <= 0 || r.BytesLeft >= r.Bytes {
		t.Fatalf("%v %+v", err, r)
	}
	if len(r.Attachments) != 1 || r.Attachments[0].PID != os.Getpid() || r.Attachments[0].Command == "" {
		t.Errorf("%+v", r.Attachments)
	}
	if v, err := VerifyScope(name); r.Faults != nil || v.Faults == nil || len(v.Faults) != 0 || err != nil {
		t.Errorf("%v %v %v", r.Faults, v.Faults, err)
	}
	if len(r.Objects) != 1 {
		t.Fatalf("%+v", r.Objects)
	}
	o := r.Objects[0]
	if o.Kind != "limiter" || o.Name != "logins" || o.Options["keys"] != "16" || o.Bytes <= 0 ||
		o.Figures["outgrow_limiter_keys"] != 1 || len(o.Hottest) != 1 || o.Hottest[0] != (DeniedKey{"alice", 1}) {
		t.Errorf("%+v", o)
	}
	if names, err := ListScopes(); err != nil || !contains(names, name) {
		t.Error(names, err)
	}
	if err := RemoveScope(name); err != nil {
		t.Error(err)
	}
	if names, err := ListScopes(); err != nil || contains(names, name) {
		t.Error(names, err)
	}
	if wait, err := l.Peek("bob", 1); wait != 0 || err != nil {
		t.Error("what is removed is there for its users", wait, err)
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// A counter of two registries is one, and a scope's own numbers stand beside it.
func TestMetricsInAScope(t *testing.T) {
	s, _ := hostScope(t, ScopeOptions{})
	registry := func() (*Metrics, Series) {
		m, err := NewMetrics(MetricsOptions{Scope: s, Name: "web"})
		made(t, m, err)
		calls, err := m.Counter("calls_total", "Calls.", "")
		if err != nil {
			t.Fatal(err)
		}
		return m, calls
	}
	one, calls := registry()
	other, sameCalls := registry()
	one.Increment(calls, 2)
	other.Increment(sameCalls, 3)
	if err := one.AddScope("checkout", s); err != nil {
		t.Fatal(err)
	}
	text, err := one.Render()
	for _, line := range []string{"\ncalls_total 5\n", `outgrow_scope_objects{name="checkout"} 1`} {
		if !strings.Contains("\n"+text, line) {
			t.Errorf("%v, no %q in %s", err, line, text)
		}
	}
}
