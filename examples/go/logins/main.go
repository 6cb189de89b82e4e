// SPDX-License-Identifier: Apache-2.0

// Command logins is a login under a limit for each client that it shares with the other processes of the
// machine which name the same segment and rate: the workers of examples/python/logins, and the server in
// Java. PORT (0: any that is free), SEGMENT ("/logins") and RATE ("100/h" for each client) come from the
// environment. SIGTERM ends it.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/outgrow/outgrow/bindings/go/outgrowhttp"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	scope, err := outgrow.HostScope(setting("SEGMENT", "/logins"), outgrow.ScopeOptions{})
	if err != nil {
		return err
	}
	defer scope.Close()
	limiter, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{
		Rate: setting("RATE", "100/h"), Scope: scope, Name: "logins"})
	if err != nil {
		return err
	}
	defer limiter.Close()

	listener, err := net.Listen("tcp", "127.0.0.1:"+setting("PORT", "8080"))
	if err != nil {
		return err
	}
	handler := outgrowhttp.Limit(limiter, client)(http.HandlerFunc(welcome))
	server := http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
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

// A client is who it says it is, behind a gateway that knows; else its address. All servers must take the
// same bytes for a client.
func client(r *http.Request) string {
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
