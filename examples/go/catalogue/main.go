// SPDX-License-Identifier: Apache-2.0

// Command catalogue is a small HTTP service: GET /items/ID out of an SQLite table, GET /metrics for
// Prometheus. PORT (0: any that is free), DATABASE (a file, made if missing) and RATE ("100/s" for each
// client) come from the environment. SIGTERM ends it.
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
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	items, err := openItems(setting("DATABASE", "catalogue.db"))
	if err != nil {
		return err
	}
	defer items.close()
	c, err := newCatalogue(items, setting("RATE", "100/s"))
	if err != nil {
		return err
	}
	defer c.close()

	listener, err := net.Listen("tcp", "127.0.0.1:"+setting("PORT", "8080"))
	if err != nil {
		return err
	}
	server := http.Server{Handler: c.handler(), ReadHeaderTimeout: 10 * time.Second}
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

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
