// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// What a pump needs of a fleet.
type fleet interface {
	WaitDue(timeout time.Duration) (bool, error)
	Take() (string, error)
	Reply(command int64, reply string) error
	Broken(why string) error
}

// Runs batches of commands, and hands over what becomes of them. Of one goroutine at a time.
type carrier struct {
	fleet   fleet
	servers servers
	timeout time.Duration
}

// Who answers so is not, or no longer, the server to ask: the next connection is made to who is it then.
var otherServer = map[string]bool{"READONLY": true, "MASTERDOWN": true, "CLUSTERDOWN": true, "LOADING": true}

// One server's part of a batch, and what became of it.
type group struct {
	server *redis.Client
	asking bool
	sent   []command

	moved   []redirected
	failed  error
	isWrong bool // the server is not the one to ask
}

// What was not done, as another server has its key.
type redirected struct {
	command command
	asking  bool
	options *redis.Options
}

// carry sends commands and hands the replies over. A failure is told, and ends nothing.
func (c *carrier) carry(commands []command) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	groups, err := c.grouped(ctx, commands)
	if err == nil {
		err = c.exchange(ctx, groups)
	}
	if err != nil {
		c.servers.lost(ctx)
		_ = c.fleet.Broken(why(err))
	}
}

// Commands by the server that they go to; in order for each.
func (c *carrier) grouped(ctx context.Context, commands []command) ([]*group, error) {
	var groups []*group
	of := map[*redis.Client]*group{}
	for _, one := range commands {
		server, err := c.servers.of(ctx, one)
		if err != nil {
			return nil, err
		}
		if of[server] == nil {
			of[server] = &group{server: server}
			groups = append(groups, of[server])
		}
		of[server].sent = append(of[server].sent, one)
	}
	return groups, nil
}

// One server's silence does not hold up what the others say.
func (c *carrier) exchange(ctx context.Context, groups []*group) error {
	var wait sync.WaitGroup
	for _, g := range groups[1:] {
		wait.Add(1)
		go func(g *group) {
			defer wait.Done()
			c.send(ctx, g, true)
		}(g)
	}
	c.send(ctx, groups[0], true)
	wait.Wait()
	var failed error
	isWrong := false
	for _, g := range groups {
		for _, one := range g.moved {
			c.follow(one, g)
		}
		isWrong = isWrong || g.isWrong
		if failed == nil {
			failed = g.failed
		}
	}
	if isWrong && failed == nil {
		c.servers.lost(ctx)
	}
	return failed
}

// Makes it there, once.
func (c *carrier) follow(one redirected, g *group) {
	server := redis.NewClient(one.options)
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	there := &group{server: server, asking: one.asking, sent: []command{one.command}}
	c.send(ctx, there, false)
	if g.failed == nil {
		g.failed = there.failed
	}
	g.isWrong = g.isWrong || there.isWrong || !one.asking
}

func (c *carrier) send(ctx context.Context, g *group, follows bool) {
	pipe := g.server.Pipeline()
	answers := make([]*redis.Cmd, len(g.sent))
	for i, one := range g.sent {
		if g.asking {
			pipe.Do(ctx, "ASKING")
		}
		words := make([]interface{}, len(one.words))
		for j, word := range one.words {
			words[j] = word
		}
		answers[i] = pipe.Do(ctx, words...)
	}
	_, failed := pipe.Exec(ctx)
	for i, one := range g.sent {
		value, err := answers[i].Result()
		if err == nil && value == nil { // which a connection that could not be made leaves so
			err = unanswered{failed}
		}
		c.hand(g, one, value, err, follows)
	}
}

func (c *carrier) hand(g *group, one command, value interface{}, err error, follows bool) {
	if said, isAnswer := answered(err); errors.Is(err, redis.Nil) {
		value = nil
	} else if isAnswer {
		kind := kindOf(said)
		g.isWrong = g.isWrong || otherServer[kind]
		value = said
		if kind == "MOVED" || kind == "ASK" {
			if there := c.servers.elsewhere(g.server, said); follows && there != nil {
				g.moved = append(g.moved, redirected{one, kind == "ASK", there})
				return
			}
			value = errors.New(kind) // the rest is an address
		}
	} else if err != nil {
		if g.failed == nil {
			g.failed = err
		}
		return
	}
	if info, isText := value.(string); isText && one.words[0] == "INFO" {
		g.isWrong = g.isWrong || strings.Contains("\n"+info, "\nrole:slave")
	}
	_ = c.fleet.Reply(one.number, replyOf(value))
}
