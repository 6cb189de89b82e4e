// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

const (
	// How long a stop, or another process's death, may go unseen.
	longestWait = 250 * time.Millisecond
	// Between two looks where nothing was due, however soon the fleet wants to be looked at.
	shortestWait = time.Millisecond
)

// Commands, and when they were taken: a command that is due is due then.
type batch struct {
	at       time.Time
	commands []command
}

// A pump's goroutines, from its start to its end. One takes commands as they are due, whatever the network does: a
// machine's agent goes on while its server is silent. The other sends them.
type run struct {
	carrier *carrier
	ctx     context.Context
	cancel  context.CancelFunc

	mu      sync.Mutex
	waiting []batch
	filled  chan struct{}
	over    chan struct{}
}

func start(ctx context.Context, c *carrier) *run {
	r := &run{carrier: c, filled: make(chan struct{}, 1), over: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(ctx)
	stepped := make(chan struct{})
	go func() {
		defer close(stepped)
		r.step()
	}()
	go func() {
		defer close(r.over)
		r.send(stepped)
	}()
	return r
}

func (r *run) end() {
	r.cancel()
	<-r.over
}

func (r *run) isOver() bool {
	select {
	case <-r.over:
		return true
	default:
		return false
	}
}

func (r *run) step() {
	for r.ctx.Err() == nil {
		began := time.Now()
		_, err := r.carrier.fleet.WaitDue(longestWait)
		if r.ctx.Err() != nil {
			return
		}
		var commands []command
		if err == nil {
			commands, err = taken(r.carrier.fleet)
		}
		switch {
		case errors.Is(err, outgrow.ErrClosed):
			return
		case err != nil: // must not end it, nor make it spin
			_ = r.carrier.fleet.Broken(why(err))
			r.pause(longestWait)
		case len(commands) > 0:
			r.hand(batch{time.Now(), commands})
		case time.Since(began) < shortestWait:
			r.pause(shortestWait)
		}
	}
}

func (r *run) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.ctx.Done():
	}
}

func (r *run) hand(b batch) {
	r.mu.Lock()
	r.waiting = append(r.waiting, b)
	r.mu.Unlock()
	select {
	case r.filled <- struct{}{}:
	default: // nobody has looked since
	}
}

// What waits, as one batch. What lay about for half of the timeout, behind a server that was silent, is left out: nobody
// waits for its replies.
func (r *run) fresh() []command {
	r.mu.Lock()
	waiting := r.waiting
	r.waiting = nil
	r.mu.Unlock()
	var commands []command
	for _, b := range waiting {
		if time.Since(b.at) <= r.carrier.timeout/2 {
			commands = append(commands, b.commands...)
		}
	}
	return commands
}

func (r *run) send(stepped <-chan struct{}) {
	defer r.cancel() // where the fleet was closed
	defer r.carrier.servers.close()
	for {
		select {
		case <-r.filled:
			commands := r.fresh()
			for len(commands) > 0 {
				r.carrier.carry(commands)
				if r.ctx.Err() != nil {
					break
				}
				// What the replies made due, without the way through the other goroutine.
				commands, _ = taken(r.carrier.fleet)
			}
		case <-stepped:
			commands := r.fresh()
			due, _ := taken(r.carrier.fleet) // that the machine leaves its fleet, where it does
			if commands = append(commands, due...); len(commands) > 0 {
				r.carrier.carry(commands)
			}
			return
		}
	}
}

func taken(f fleet) ([]command, error) {
	text, err := f.Take()
	if err != nil {
		return nil, err
	}
	return commandsOf(text)
}
