// SPDX-License-Identifier: Apache-2.0

// Command fleet is a login under a limit for each client that all machines of a fleet share: one of the three services
// that examples/fleet/run.py starts. REDIS ("127.0.0.1:6379") is the fleet's server, SEGMENT ("/logins") the memory that
// the processes of this machine share, RATE is "100/s" for each client, and PORT (0: any that is free) where it listens.
// SIGTERM ends it.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/outgrow/outgrow/bindings/go/outgrowhttp"
	"github.com/outgrow/outgrow/bindings/go/outgrowredis"
	"github.com/redis/go-redis/v9"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	host, err := outgrow.HostScope(setting("SEGMENT", "/logins"), outgrow.ScopeOptions{})
	if err != nil {
		return err
	}
	defer host.Close()
	fleet, err := outgrow.NewFleet(outgrow.FleetOptions{Scope: host, Name: "shop"})
	if err != nil {
		return err
	}
	defer fleet.Close()
	scope, err := fleet.Scope()
	if err != nil {
		return err
	}
	defer scope.Close()
	limiter, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{
		Rate: setting("RATE", "100/s"), Scope: scope, Name: "logins", OnMismatch: outgrow.OnMismatchReplace})
	if err != nil {
		return err
	}
	defer limiter.Close()
	client := redis.NewClient(&redis.Options{Addr: setting("REDIS", "127.0.0.1:6379")})
	defer client.Close()
	pump, err := outgrowredis.NewPump(fleet, client, outgrowredis.PumpOptions{})
	if err != nil {
		return err
	}
	pump.Start(ctx)
	defer pump.Stop()

	mux := http.NewServeMux()
	mux.Handle("/", outgrowhttp.Limit(limiter, who)(http.HandlerFunc(welcome)))
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) {
		status, err := fleet.Status()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		io.WriteString(w, status)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+setting("PORT", "8080"))
	if err != nil {
		return err
	}
	server := http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(ending)
}

func welcome(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "welcome, says process %d\n", os.Getpid())
}

// Who it says it is, behind a gateway that knows; else its address.
func who(r *http.Request) string {
	if name := r.Header.Get("X-Client"); name != "" {
		return name
	}
	return outgrowhttp.RemoteHost(r)
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
