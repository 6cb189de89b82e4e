// SPDX-License-Identifier: Apache-2.0

// count CALL ROUNDS CALLS: see run.sh.
package main

import (
	"os"
	"strconv"

	outgrow "github.com/outgrow/outgrow/bindings/go"
)

func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

func main() {
	call, rounds, calls := os.Args[1], must(strconv.Atoi(os.Args[2])), must(strconv.Atoi(os.Args[3]))
	key, passed := "abcdefgh", 0
	clock := must(outgrow.NewManualClock(0))
	limiter := must(outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "100000000/s", Clock: clock}))
	breaker := must(outgrow.NewCircuitBreaker(outgrow.CircuitBreakerOptions{Clock: clock}))
	for round := 0; round < rounds; round++ {
		if call == "limiter" {
			for i := 0; i < calls; i++ {
				if limiter.Allow(key) {
					passed++
				}
			}
		} else {
			for i := 0; i < calls; i++ {
				if done, err := breaker.Exit(must(breaker.Enter()), true); done && err == nil {
					passed++
				}
			}
		}
		must(outgrow.NewManualClock(0)).Close()
	}
	if passed != rounds*calls {
		os.Exit(1)
	}
}
