// SPDX-License-Identifier: Apache-2.0

// Command workers is four processes under one limit: together they let through what one would. A real
// service names its segment once and never removes it; here the name is this run's own.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"

	"github.com/outgrow/outgrow/bindings/go"
)

// must gives up with the library's message.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// worker is what each process does: attach, make the limiter under its name, ask.
func worker(segment string) {
	scope := must(outgrow.HostScope(segment, outgrow.ScopeOptions{}))
	defer scope.Close()
	limiter := must(outgrow.NewRateLimiter(outgrow.RateLimiterOptions{Rate: "10/h", Scope: scope, Name: "logins"}))
	defer limiter.Close()
	admitted := 0
	for i := 0; i < 8; i++ {
		if limiter.Allow("alice") {
			admitted++
		}
	}
	fmt.Print(admitted)
}

func main() {
	if len(os.Args) > 1 {
		worker(os.Args[1])
		return
	}
	segment := fmt.Sprintf("/outgrow-example-%d", os.Getpid())
	admitted := 0
	for i := 0; i < 4; i++ {
		said := must(exec.Command(os.Args[0], segment).Output())
		admitted += must(strconv.Atoi(string(said)))
	}
	fmt.Println("4 workers asked 8 times each for alice, who may 10 an hour:", admitted, "passed")
	if err := outgrow.RemoveScope(segment); err != nil {
		log.Fatal(err)
	}
}
