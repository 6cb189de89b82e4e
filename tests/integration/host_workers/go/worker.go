// SPDX-License-Identifier: Apache-2.0

// Command worker SEGMENT RATE LIMIT: see worker.c.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"github.com/outgrow/outgrow/bindings/go"
)

var (
	clock   *outgrow.Clock
	scope   *outgrow.Scope
	made    = map[string]*outgrow.RateLimiter{}
	limiter *outgrow.RateLimiter
	room    *outgrow.ConcurrencyLimiter
	held    outgrow.Permit
)

// must gives up with the library's message.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// monotonic is CLOCK_MONOTONIC, which package time has within a process alone.
func monotonic() time.Duration {
	const clockMonotonic = 1
	var t syscall.Timespec
	if _, _, e := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&t)), 0); e != 0 {
		log.Fatal(e)
	}
	return time.Duration(t.Nano())
}

func hammer(duration, pause time.Duration) {
	first := must(clock.Now())
	now := first
	var admitted int64
	var deniedFrom, deniedTo, paused time.Duration
	for now-first < duration {
		wait := must(limiter.Acquire("key", 1))
		after := must(clock.Now())
		if wait == 0 {
			admitted++
		} else {
			if deniedFrom == 0 {
				deniedFrom = after
			} else if after-deniedTo > pause {
				paused += after - deniedTo
			}
			deniedTo = now
		}
		now = after
	}
	fmt.Println(admitted, int64(first), int64(now), int64(deniedFrom), int64(deniedTo), int64(paused))
}

func calls(duration time.Duration, path string) {
	var admitted, refused, lapsed int64
	file := must(os.Create(path))
	lines := bufio.NewWriter(file)
	for began := monotonic(); monotonic()-began < duration; {
		permit := must(room.Enter())
		if permit == 0 {
			refused++
			continue
		}
		from := monotonic()
		admitted++
		if admitted%2 == 0 {
			time.Sleep(100 * time.Microsecond)
		}
		to := monotonic()
		if !must(room.Exit(permit)) {
			lapsed++
		}
		fmt.Fprintln(lines, int64(from), int64(to))
	}
	if err := lines.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(admitted, refused, lapsed)
}

func makeLimiter(name string, options []string) {
	named := map[string]string{}
	for _, option := range options {
		word, value, _ := strings.Cut(option, "=")
		named[word] = value
	}
	rate := named["rate"]
	delete(named, "rate")
	made[name] = must(outgrow.NewRateLimiter(outgrow.RateLimiterOptions{
		Rate: rate, Named: named, Scope: scope, Name: name}))
	fmt.Println(1)
}

func spend(of *outgrow.RateLimiter, duration time.Duration) {
	var admitted, denied int64
	for began := monotonic(); monotonic()-began < duration; {
		if must(of.Acquire("key", 1)) == 0 {
			admitted++
		} else {
			denied++
		}
	}
	fmt.Println(admitted, denied)
}

func turns(of *outgrow.RateLimiter, duration time.Duration, path string) {
	var reserved, refused, returned int64
	file := must(os.Create(path))
	lines := bufio.NewWriter(file)
	for began := monotonic(); monotonic()-began < duration; {
		slot := must(of.ReserveSlot("key", 1, outgrow.Never))
		if slot.Wait != 0 {
			refused++
			continue
		}
		reserved++
		if reserved%3 == 0 && must(of.CancelSlot("key", 1, slot.Number)) {
			returned++
		} else {
			fmt.Fprintln(lines, slot.Number)
		}
	}
	if err := lines.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(reserved, refused, returned)
}

func hold(of *outgrow.RateLimiter, count int64) {
	could := 0
	for i := int64(0); i < count; i++ {
		could += number(must(of.TryReserve("key", 5, 0)) != 0)
	}
	fmt.Println(could)
}

func settle(of *outgrow.RateLimiter, duration time.Duration) {
	var settled, refused, cost int64
	for began := monotonic(); monotonic()-began < duration; {
		reservation := must(of.TryReserve("key", 5, 0))
		if reservation == 0 {
			refused++
			continue
		}
		if !must(of.Settle(reservation, settled%6)) {
			log.Fatal("a reservation no longer stood")
		}
		cost += settled % 6
		settled++
	}
	fmt.Println(settled, refused, cost)
}

func answerOfKinds(words []string) {
	if words[0] == "make" {
		makeLimiter(words[1], strings.Fields(words[2]))
		return
	}
	of := made[words[1]]
	switch words[0] {
	case "plan":
		if err := of.SetPlan("key", words[2]); err != nil {
			log.Fatal(err)
		}
		fmt.Println(1)
	case "spend":
		spend(of, milliseconds(words[2]))
	case "turns":
		ms, path, _ := strings.Cut(words[2], " ")
		turns(of, milliseconds(ms), path)
	case "hold":
		hold(of, must(strconv.ParseInt(words[2], 10, 64)))
	case "settle":
		settle(of, milliseconds(words[2]))
	case "reserved":
		fmt.Println(must(of.Stat(outgrow.RateLimiterReserved)), must(of.Stat(outgrow.RateLimiterOrphaned)))
	case "stats":
		fmt.Println(must(of.Stat(outgrow.RateLimiterAllowed)), must(of.Stat(outgrow.RateLimiterDenied)),
			int64(must(clock.Now())))
	default:
		log.Fatal("no command: ", words[0])
	}
}

func milliseconds(text string) time.Duration {
	return time.Duration(must(strconv.ParseInt(text, 10, 64))) * time.Millisecond
}

func answer(words []string) {
	switch words[0] {
	case "hammer":
		hammer(milliseconds(words[1]), milliseconds(words[2]))
	case "calls":
		calls(milliseconds(words[1]), words[2])
	case "enter":
		held = must(room.Enter())
		fmt.Println(number(held != 0))
	case "exit":
		fmt.Println(number(must(room.Exit(held))))
	case "look":
		fmt.Println(must(room.InFlight()), must(limiter.Stat(outgrow.RateLimiterAllowed)),
			must(room.Stat(outgrow.ConcurrencyOrphaned)))
	default:
		answerOfKinds(words)
	}
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func main() {
	clock = must(outgrow.NewSystemClock())
	scope = must(outgrow.HostScope(os.Args[1], outgrow.ScopeOptions{}))
	limiter = must(outgrow.NewRateLimiter(outgrow.RateLimiterOptions{
		Rate: os.Args[2], Scope: scope, Name: "calls", Clock: clock}))
	room = must(outgrow.NewConcurrencyLimiter(outgrow.ConcurrencyLimiterOptions{
		Limit: must(strconv.ParseInt(os.Args[3], 10, 64)), Named: map[string]string{"permit_ms": "0"},
		Scope: scope, Name: "room"}))
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		answer(strings.SplitN(lines.Text(), " ", 3))
	}
}
