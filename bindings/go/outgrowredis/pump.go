// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/redis/go-redis/v9"
)

// PumpOptions says how a [Pump] works. Zero leaves an option at its default.
type PumpOptions struct {
	// How long a batch of commands may take, with the connection that it needs: what has no reply by then gets none,
	// and the connection is made anew. Default 1s.
	Timeout time.Duration
}

// Pump carries what a machine has to say to its fleet: by [Pump.Start] in goroutines of its own, or by [Pump.Step] in a
// loop of the program's. It may be used from any goroutine.
//
// It makes connections of its own, by the options of the program's client: address, user, password, TLS, Sentinel,
// Cluster. Of these it leaves out retries, as a command that got no reply may have been done, the Limiter, and hooks. It
// holds one connection, or one to each of a cluster's nodes that has keys of the fleet's, and in the elected process
// alone. A redirection of a cluster's is followed once.
//
// A failure ends nothing: the fleet is told, by its kind alone ("timeout", "connection refused", a type's name), and the
// pump goes on. Neither addresses nor passwords are in [outgrow.Fleet.Status]. What go-redis logs of failed dials is for
// redis.SetLogger to say.
type Pump struct {
	fleet   fleet
	timeout time.Duration

	mu      sync.Mutex
	servers servers
	running *run
}

// NewPump makes one that does not run yet. client is a *redis.Client, of Sentinel's too, or a *redis.ClusterClient. It is
// asked for its options, now; a client of Sentinel's also for the primary, so that it must not be closed before Stop.
func NewPump(fleet *outgrow.Fleet, client redis.UniversalClient, o PumpOptions) (*Pump, error) {
	if fleet == nil {
		return nil, errors.New("outgrowredis: fleet is nil")
	}
	return newPump(fleet, client, o)
}

func newPump(f fleet, client redis.UniversalClient, o PumpOptions) (*Pump, error) {
	if o.Timeout < 0 {
		return nil, fmt.Errorf("outgrowredis: Timeout must be more than 0, not %v", o.Timeout)
	}
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	made, err := serversOf(client, o.Timeout)
	if err != nil {
		return nil, err
	}
	return &Pump{fleet: f, timeout: o.Timeout, servers: made}, nil
}

// Start starts it; nothing where it runs. It ends by [Pump.Stop], when ctx is done, or when the fleet is closed.
func (p *Pump) Start(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil || p.running.isOver() {
		p.running = start(ctx, &carrier{p.fleet, p.servers, p.timeout})
	}
}

// Running is whether it runs.
func (p *Pump) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running != nil && !p.running.isOver()
}

// Stop ends it, and closes its connections. It waits for what is being carried, and carries what is due, such as
// what [outgrow.Fleet.Leave] asked for: with a server that is silent that takes twice its Timeout, at most, and a
// quarter of a second. The machine stays in its fleet, by its other processes. It may be started again.
func (p *Pump) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil {
		p.running.end()
	}
	p.running = nil
	p.servers.close()
}

// Step waits for commands that are due, for as long as timeout at most, and carries them in this goroutine. It gives how
// many there were. ctx ends its wait, within a quarter of a second. It is an error where the pump runs.
func (p *Pump) Step(ctx context.Context, timeout time.Duration) (int, error) {
	for end := time.Now().Add(timeout); ; {
		left := time.Until(end)
		if _, err := p.fleet.WaitDue(slice(left)); err != nil {
			return 0, err
		}
		count, err := p.carryDue(ctx)
		if err != nil || count > 0 || left <= longestWait {
			return count, err
		}
	}
}

func (p *Pump) carryDue(ctx context.Context) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running != nil && !p.running.isOver() {
		return 0, errors.New("outgrowredis: the pump runs: call Stop before Step")
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	commands, err := taken(p.fleet)
	if len(commands) > 0 {
		(&carrier{p.fleet, p.servers, p.timeout}).carry(commands)
	}
	return len(commands), err
}

func slice(left time.Duration) time.Duration {
	switch {
	case left < 0:
		return 0
	case left > longestWait:
		return longestWait
	}
	return left
}
