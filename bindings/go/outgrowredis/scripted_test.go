// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Stands for outgrow.Fleet: gives the commands that a test wants carried, and keeps what comes back.
type scripted struct {
	t       *testing.T
	mu      sync.Mutex
	changed chan struct{} // closed by each change
	due     []command
	last    int64
	replies map[int64]interface{}
	why     []string
	waits   int
	takes   int
	spins   bool // it always says that something is due
}

// A server's error.
type said string

func newScripted(t *testing.T) *scripted {
	return &scripted{t: t, changed: make(chan struct{}), replies: map[int64]interface{}{}}
}

func (s *scripted) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Waits until f holds, or for so long.
func (s *scripted) until(d time.Duration, f func() bool) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		s.mu.Lock()
		holds, changed := f(), s.changed
		s.mu.Unlock()
		if holds {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}

// Commands to be carried as one pipeline, words between bars.
func (s *scripted) give(texts ...string) (numbers []int64) {
	s.change(func() {
		for _, text := range texts {
			s.last++
			s.due = append(s.due, command{s.last, strings.Split(text, "|")})
			numbers = append(numbers, s.last)
		}
	})
	return numbers
}

// Their replies, or why the client failed.
func (s *scripted) all(texts ...string) (values []interface{}, why string) {
	s.t.Helper()
	s.mu.Lock()
	failures := len(s.why)
	s.mu.Unlock()
	numbers := s.give(texts...)
	whole := s.until(10*time.Second, func() bool {
		if len(s.why) > failures {
			why = s.why[len(s.why)-1]
			return true
		}
		values = nil
		for _, number := range numbers {
			value, found := s.replies[number]
			if !found {
				return false
			}
			values = append(values, value)
		}
		return true
	})
	if !whole {
		s.t.Fatalf("no reply to %q", texts)
	}
	return values, why
}

func (s *scripted) one(text string) interface{} {
	s.t.Helper()
	values, why := s.all(text)
	if why != "" {
		return "failed: " + why
	}
	return values[0]
}

func (s *scripted) failures() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.why...)
}

func (s *scripted) WaitDue(timeout time.Duration) (bool, error) {
	s.mu.Lock()
	s.waits++
	spins := s.spins
	s.mu.Unlock()
	return spins || s.until(timeout, func() bool { return len(s.due) > 0 }), nil
}

func (s *scripted) Take() (string, error) {
	var b strings.Builder
	s.change(func() {
		s.takes++
		for i, one := range s.due {
			if i == 0 {
				fmt.Fprintf(&b, ":%d\r\n", one.number)
			}
			fmt.Fprintf(&b, "*%d\r\n", len(one.words))
			for _, word := range one.words {
				fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
			}
		}
		s.due = nil
	})
	return b.String(), nil
}

func (s *scripted) Reply(number int64, reply string) error {
	value, rest := parsed(reply)
	s.change(func() {
		if _, found := s.replies[number]; found || rest != "" {
			s.t.Errorf("a second or a broken reply to %d: %q", number, reply)
		}
		s.replies[number] = value
	})
	return nil
}

func (s *scripted) Broken(why string) error {
	s.change(func() { s.why = append(s.why, why) })
	return nil
}

// A reply in RESP of version 2, and what is behind it.
func parsed(text string) (interface{}, string) {
	line, rest, _ := strings.Cut(text[1:], "\r\n")
	number, _ := strconv.ParseInt(line, 10, 64)
	switch text[0] {
	case ':':
		return number, rest
	case '-':
		return said(line), rest
	case '*':
		values := make([]interface{}, number)
		for i := range values {
			values[i], rest = parsed(rest)
		}
		return values, rest
	}
	if number < 0 {
		return nil, rest
	}
	return rest[:number], rest[number+2:]
}

// A pump that runs, over a scripted fleet, until the test's end.
func pumped(t *testing.T, client redis.UniversalClient, timeout time.Duration) *scripted {
	t.Helper()
	s := newScripted(t)
	pump, err := newPump(s, client, PumpOptions{Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	pump.Start(context.Background())
	t.Cleanup(func() {
		pump.Stop()
		client.Close()
	})
	return s
}
