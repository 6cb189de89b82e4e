// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Which server a command goes to, over connections of the pump's own that are made as the program's client's are.
// Of one goroutine at a time.
type servers interface {
	// of gives the server of a command.
	of(ctx context.Context, c command) (*redis.Client, error)
	// elsewhere gives the options of a connection to whom a redirection names; or nil, where no server redirects.
	elsewhere(from *redis.Client, said error) *redis.Options
	// lost says that it was the wrong one, or none: it is looked for anew.
	lost(ctx context.Context)
	close()
}

func serversOf(client redis.UniversalClient, timeout time.Duration) (servers, error) {
	switch c := client.(type) {
	case *redis.Client:
		if c != nil {
			return &single{options: own(c.Options(), timeout)}, nil
		}
	case *redis.ClusterClient:
		if c != nil {
			return &cluster{options: ownOfCluster(c.Options(), timeout)}, nil
		}
	}
	return nil, fmt.Errorf("outgrowredis: client must be a *redis.Client or a *redis.ClusterClient, not %T", client)
}

// A client's options as the pump's connections have them. No command is sent twice, and none waits for longer than
// timeout. What watches over the program's calls is not told of the pump's.
func own(options *redis.Options, timeout time.Duration) *redis.Options {
	o := *options
	o.MaxRetries, o.DialerRetries, o.DialerRetryTimeout = -1, 1, time.Millisecond
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = least(o.DialTimeout, timeout), least(o.ReadTimeout, timeout), least(o.WriteTimeout, timeout)
	o.ContextTimeoutEnabled, o.PoolTimeout = true, timeout
	o.PoolSize, o.MinIdleConns, o.MaxIdleConns, o.MaxActiveConns, o.MaxConcurrentDials = poolSize, 0, 0, 0, 0
	o.Limiter, o.PushNotificationProcessor = nil, nil
	o.MaintNotificationsConfig = noNotifications()
	return &o
}

func ownOfCluster(options *redis.ClusterOptions, timeout time.Duration) *redis.ClusterOptions {
	o := *options
	o.MaxRedirects, o.MaxRetries, o.DialerRetries, o.DialerRetryTimeout = -1, -1, 1, time.Millisecond
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = least(o.DialTimeout, timeout), least(o.ReadTimeout, timeout), least(o.WriteTimeout, timeout)
	o.ContextTimeoutEnabled, o.PoolTimeout = true, timeout
	o.PoolSize, o.MinIdleConns, o.MaxIdleConns, o.MaxActiveConns = poolSize, 0, 0, 0
	o.ReadOnly, o.RouteByLatency, o.RouteRandomly = false, false, false
	o.PushNotificationProcessor = nil
	o.MaintNotificationsConfig = noNotifications()
	return &o
}

// One connection is in use. A pool answers from memory once it has failed to dial as often as it is large.
const poolSize = 8

// Servers' announcements make a client wait for longer.
func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// The client's limit where it has one, 0 and less being none.
func least(limit, timeout time.Duration) time.Duration {
	if limit > 0 && limit < timeout {
		return limit
	}
	return timeout
}

// A server; or, of Sentinel's, who is the primary when a connection is made.
type single struct {
	options *redis.Options
	client  *redis.Client
}

func (s *single) of(context.Context, command) (*redis.Client, error) {
	if s.client == nil {
		options := *s.options
		s.client = redis.NewClient(&options)
	}
	return s.client, nil
}

func (s *single) elsewhere(*redis.Client, error) *redis.Options { return nil }

func (s *single) lost(context.Context) { s.close() }

func (s *single) close() {
	if s.client != nil {
		_ = s.client.Close()
	}
	s.client = nil
}

// The nodes that have a cluster's keys.
type cluster struct {
	options *redis.ClusterOptions
	client  *redis.ClusterClient
}

func (s *cluster) of(ctx context.Context, c command) (*redis.Client, error) {
	if s.client == nil {
		options := *s.options
		s.client = redis.NewClusterClient(&options)
	}
	key := "" // INFO is asked of whoever has slot 0
	if len(c.words) > 3 {
		key = c.words[3] // EVALSHA sha 1 key
	}
	return s.client.MasterForKey(ctx, key)
}

// Of "MOVED 3999 127.0.0.1:6381", or ASK. Without a host it is the host that said so.
func (s *cluster) elsewhere(from *redis.Client, said error) *redis.Options {
	words := strings.Fields(said.Error())
	if kind := kindOf(said); kind != "MOVED" && kind != "ASK" || len(words) < 3 {
		return nil
	}
	colon := strings.LastIndexByte(words[2], ':')
	if colon < 0 {
		return nil
	}
	host, port := words[2][:colon], words[2][colon+1:]
	if host == "" {
		host, _, _ = net.SplitHostPort(from.Options().Addr)
	}
	options := own(from.Options(), from.Options().ReadTimeout)
	options.Addr = net.JoinHostPort(host, port)
	return options
}

func (s *cluster) lost(ctx context.Context) {
	if s.client != nil {
		s.client.ReloadState(ctx)
	}
}

func (s *cluster) close() {
	if s.client != nil {
		_ = s.client.Close()
	}
	s.client = nil
}
