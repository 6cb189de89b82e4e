// SPDX-License-Identifier: Apache-2.0

// Command plans is an API whose keys have plans: what a customer pays for is the rate that the key has.
package main

import (
	"fmt"
	"log"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// must gives up with the library's message.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	clock := must(outgrow.NewManualClock(0)) // a real service leaves the clock out
	defer clock.Close()
	limiter := must(outgrow.NewRateLimiter(outgrow.RateLimiterOptions{
		Rate: "2/s", Plans: "pro=10/s:20, partner=100/s", Clock: clock,
	}))
	defer limiter.Close()
	passed := func(key string) (passed int) {
		for i := 0; i < 50; i++ {
			if limiter.Allow(key) {
				passed++
			}
		}
		return passed
	}

	// As the program knows them from its database.
	for key, plan := range map[string]string{
		"key-of-ann": "pro", "key-of-monitoring": "exempt", "key-that-leaked": "blocked",
	} {
		if err := limiter.SetPlan(key, plan); err != nil {
			log.Fatal(err)
		}
	}
	for _, key := range []string{"a-free-key", "key-of-ann", "key-of-monitoring", "key-that-leaked"} {
		fmt.Printf("%s (%s): %d of 50 pass\n", key, must(limiter.Plan(key)), passed(key))
	}

	// Ann buys more. She has used all of her 20, and so all of her 100: there is no burst for free.
	if err := limiter.SetPlan("key-of-ann", "partner"); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ann, a partner now:", passed("key-of-ann"))
	if err := clock.Advance(500 * time.Millisecond); err != nil {
		log.Fatal(err)
	}
	fmt.Println("half a second later:", passed("key-of-ann"))
}
