// SPDX-License-Identifier: Apache-2.0

package outgrowredis_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/outgrow/outgrow/bindings/go"
	"github.com/outgrow/outgrow/bindings/go/outgrowhttp"
	"github.com/outgrow/outgrow/bindings/go/outgrowredis"
	"github.com/redis/go-redis/v9"
)

// One limit of all machines in front of a handler.
func Example() {
	host, err := outgrow.HostScope("/checkout", outgrow.ScopeOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	fleet, err := outgrow.NewFleet(outgrow.FleetOptions{Scope: host, Name: "checkout"})
	if err != nil {
		log.Fatal(err)
	}
	defer fleet.Close()
	scope, err := fleet.Scope()
	if err != nil {
		log.Fatal(err)
	}
	defer scope.Close()
	logins, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "2000/s", Scope: scope, Name: "logins"})
	if err != nil {
		log.Fatal(err)
	}
	defer logins.Close()

	client := redis.NewClient(&redis.Options{Addr: "redis.internal:6379", Password: os.Getenv("REDIS_PASSWORD")})
	defer client.Close()
	pump, err := outgrowredis.NewPump(fleet, client, outgrowredis.PumpOptions{})
	if err != nil {
		log.Fatal(err)
	}
	pump.Start(context.Background())
	defer pump.Stop()

	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	log.Print(http.ListenAndServe("127.0.0.1:8080", outgrowhttp.Limit(logins, nil)(hello)))
}
