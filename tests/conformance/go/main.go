// SPDX-License-Identifier: Apache-2.0

// The runner over the module's public interface; tests/conformance/replay.py says what a runner is.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// A driver does one step and answers as the vector expects it.
type driver interface {
	step(s step, now time.Duration) any
	close()
}

// By noun, what opens its driver: each registers itself.
var drivers = map[string]func(v *vector) driver{}

type vector struct {
	Config map[string]any
	Setup  step
	clock  *outgrow.Clock
	scope  *outgrow.Scope // of nouns that can lie in one, under a name; nil: the heap
	name   string
}

// What is wrong with a vector or a driver; answerTo recovers it.
type failure struct{ error }

func fail(format string, arguments ...any) { must(fmt.Errorf(format, arguments...)) }

func must(err error) {
	if err != nil {
		panic(failure{err})
	}
}

func made[T any](noun T, err error) T {
	must(err)
	return noun
}

type session struct {
	clock  *outgrow.Clock
	scopes []*outgrow.Scope
	fleets []*outgrow.Fleet // of machines, whose scopes those are
	made   map[string]driver
}

func newSession() *session {
	return &session{clock: made(outgrow.NewManualClock(0)), made: map[string]driver{}}
}

func (s *session) close() {
	for _, noun := range s.made {
		noun.close()
	}
	for _, scope := range s.scopes {
		scope.Close()
	}
	for _, fleet := range s.fleets {
		fleet.Close()
	}
	s.clock.Close()
}

func (s *session) answer(ask step) any {
	if _, has := ask["clock"]; has {
		must(s.clock.Set(time.Duration(ask.integer("clock", 0))))
	}
	switch ask.text("do") {
	case "scopes":
		return s.attach(ask)
	case "machines":
		return s.join(ask)
	case "take":
		return made(s.fleets[ask.integer("machine", 0)].Take())
	case "reply":
		must(s.fleets[ask.integer("machine", 0)].Reply(ask.integer("command", 0), ask.text("reply")))
		return "ok"
	case "broken":
		must(s.fleets[ask.integer("machine", 0)].Broken(ask.text("why")))
		return "ok"
	case "make":
		return s.make(ask)
	case "stats":
		return step{"objects": made(s.scopes[0].Stat(outgrow.ScopeObjects)),
			"attachments": made(s.scopes[0].Stat(outgrow.ScopeAttachments)),
			"differences": made(s.scopes[0].Stat(outgrow.ScopeDifferences))}
	case "drop":
		s.made[ask.text("on")].close()
		delete(s.made, ask.text("on"))
		return "ok"
	case "forget":
		return s.forget(ask)
	case "end":
		s.close()
		*s = *newSession()
		return "ok"
	}
	return s.made[ask.text("on")].step(ask.inner("step"), time.Duration(ask.integer("now", 0)))
}

func (s *session) attach(ask step) any {
	name := fmt.Sprintf("/outgrow-vector-%d", os.Getpid())
	for i := int64(0); i < ask.integer("count", 0); i++ {
		options := outgrow.ScopeOptions{Named: named(ask.inner("config"))}
		s.scopes = append(s.scopes, made(outgrow.HostScope(name, options)))
	}
	must(outgrow.RemoveScope(name))
	return "ok"
}

func (s *session) join(ask step) any {
	for i := int64(0); i < ask.integer("count", 0); i++ {
		name := fmt.Sprintf("/outgrow-vector-%d-%d", os.Getpid(), i)
		host := made(outgrow.HostScope(name, outgrow.ScopeOptions{}))
		must(outgrow.RemoveScope(name))
		fleet := made(outgrow.NewFleet(outgrow.FleetOptions{
			Scope: host, Name: "shop", Clock: s.clock, Named: named(ask.inner("config"))}))
		host.Close()
		s.fleets = append(s.fleets, fleet)
		s.scopes = append(s.scopes, made(fleet.Scope()))
	}
	return "ok"
}

func (s *session) forget(ask step) any {
	err := s.scopes[ask.integer("scope", 0)].Forget(ask.text("kind"), ask.text("name"))
	var refused *outgrow.Error
	if errors.As(err, &refused) {
		return answerError(refused)
	}
	must(err)
	return "ok"
}

func (s *session) make(ask step) (answer any) {
	defer func() {
		why := recover()
		failed, is := why.(failure)
		var refused *outgrow.Error
		switch {
		case is && errors.As(failed.error, &refused):
			answer = answerError(refused)
		case why != nil:
			panic(why)
		}
	}()
	v := &vector{Config: ask.inner("config"), Setup: ask.inner("setup"), clock: s.clock, name: ask.text("name")}
	if _, has := ask["scope"]; has {
		v.scope = s.scopes[ask.integer("scope", 0)]
	}
	s.made[ask.text("as")] = drivers[ask.text("noun")](v)
	return "ok"
}

func answerTo(s *session, ask step) (answer any) {
	defer func() {
		if why := recover(); why != nil {
			answer = step{"failed": fmt.Sprint(why)}
		}
	}()
	return s.answer(ask)
}

func main() {
	asked := json.NewDecoder(bufio.NewReader(os.Stdin))
	asked.UseNumber()
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	s := newSession()
	for {
		var ask step
		if asked.Decode(&ask) != nil {
			break
		}
		must(answers.Encode(answerTo(s, ask)))
	}
	s.close()
}
