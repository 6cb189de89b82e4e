// SPDX-License-Identifier: Apache-2.0

package outgrow_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func ExampleRateLimiter() {
	limiter, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "5/min"})
	if err != nil {
		log.Fatal(err)
	}
	defer limiter.Close()
	for i := 0; i < 7; i++ {
		fmt.Print(limiter.Allow("alice"), " ")
	}
	// Output: true true true true true false false
}

// Only logins that fail count: one that succeeds is given back.
func ExampleRateLimiter_GiveBack() {
	attempts, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "2/15min"})
	if err != nil {
		panic(err)
	}
	defer attempts.Close()
	for _, password := range []string{"right", "wrong", "right", "wrong", "wrong"} {
		if !attempts.Allow("bob") {
			fmt.Println("too many failed")
		} else if password == "right" {
			attempts.GiveBack("bob", 1)
			fmt.Println("welcome")
		} else {
			fmt.Println("wrong password")
		}
	}
	// Output:
	// welcome
	// wrong password
	// welcome
	// wrong password
	// too many failed
}

func ExampleRateLimiter_AcquireMany() {
	limiter, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "2/min"})
	if err != nil {
		log.Fatal(err)
	}
	defer limiter.Close()
	waits := make([]time.Duration, 4)
	passed, err := limiter.AcquireMany([]string{"alice", "alice", "bob", "alice"}, nil, waits)
	fmt.Println(passed, err, waits[3] > 0)
	// Output: 3 <nil> true
}

func ExampleCircuitBreaker_Do() {
	breaker, err := outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{FailureThreshold: 2, Open: 30 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	defer breaker.Close()
	for i := 0; i < 3; i++ {
		err := breaker.Do(context.Background(), func(context.Context) error {
			return errors.New("connection refused")
		})
		var open *outgrow.OpenError
		fmt.Println(errors.As(err, &open))
	}
	// Output:
	// false
	// false
	// true
}

type item struct {
	Name  string
	Price int
}

func ExampleCache() {
	cache, err := outgrow.NewCache[int](outgrow.CacheOptions{TTL: time.Minute}, outgrow.JSON[item]())
	if err != nil {
		log.Fatal(err)
	}
	defer cache.Close()
	for i := 0; i < 2; i++ {
		got, err := cache.Load(context.Background(), 7, func(context.Context) (item, error) {
			fmt.Println("loading")
			return item{"lamp", 30}, nil
		})
		fmt.Println(got.Name, err)
	}
	// Output:
	// loading
	// lamp <nil>
	// lamp <nil>
}

func ExampleBalancer() {
	servers, err := outgrow.NewEndpoints(outgrow.EndpointsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer servers.Close()
	servers.Add("a", 5, "")
	servers.Add("b", 1, "")
	servers.Add("c", 1, "")
	balancer, err := outgrow.NewBalancer(outgrow.BalancerOptions{Policy: outgrow.BalancerPolicyWeightedRoundRobin,
		Seed: 1}, servers) // without a seed the order begins anywhere
	if err != nil {
		log.Fatal(err)
	}
	defer balancer.Close()
	for i := 0; i < 7; i++ {
		index, err := balancer.Pick("")
		if err != nil {
			log.Fatal(err)
		}
		name, _ := servers.Name(index)
		fmt.Print(name, " ")
	}
	// Output: a a b a c a a
}

func ExampleService_Read() {
	service, err := outgrow.NewService(outgrow.ServiceOptions{
		Servers: "a, b",
		Limiter: &outgrow.RateLimiterOptions{Rate: "100/s"},
		Breaker: &outgrow.CircuitBreakerOptions{},
		Cache:   &outgrow.CacheOptions{TTL: time.Minute},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	value, err := service.Read(context.Background(), "alice", "item 7",
		func(ctx context.Context, server, node int32) ([]byte, error) {
			return []byte("lamp"), nil // ask the server of that index
		})
	fmt.Println(string(value), err)
	// Output: lamp <nil>
}

func ExampleGather_Run() {
	gather, err := outgrow.NewGather(outgrow.GatherOptions{Order: outgrow.GatherOrderKey})
	if err != nil {
		log.Fatal(err)
	}
	defer gather.Close()
	query, err := gather.Run(context.Background(), []int32{0, 1},
		func(ctx context.Context, q *outgrow.Query, shard int32) error {
			for _, name := range [][]string{{"ann", "dan"}, {"bob", "cid"}}[shard] {
				if _, err := q.Row(shard, name, name); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		log.Fatal(err)
	}
	defer query.Close()
	rows, _, _ := query.Rows()
	for _, row := range rows {
		fmt.Print(string(row.Row), " ")
	}
	// Output: ann bob cid dan
}

func ExampleAutoScaler() {
	clock, err := outgrow.NewManualClock(0)
	if err != nil {
		log.Fatal(err)
	}
	defer clock.Close()
	scaler, err := outgrow.NewAutoScaler(outgrow.AutoScalerOptions{MinInstances: 2, InitialInstances: 2, Clock: clock})
	if err != nil {
		log.Fatal(err)
	}
	defer scaler.Close()
	scaler.Observe(outgrow.Sample{CPUUtilization: 93, MemoryUtilization: outgrow.Missing,
		RequestRate: outgrow.Missing, ResponseTime: outgrow.Missing, ErrorRate: outgrow.Missing})
	decision, err := scaler.Explain()
	fmt.Println(decision.Text, err)
	// Output: up 2 -> 3: cpu_utilization 93 is over 70 <nil>
}
