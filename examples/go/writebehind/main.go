// SPDX-License-Identifier: Apache-2.0

// Command writebehind keeps visits in a cache and writes them to a store of the program's own later, a
// batch at a time; the store is down for a while.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// table stands for a driver. The library calls it on the program's own goroutines alone.
type table struct {
	rows map[string]string
	down bool
}

func (t *table) Get(key string) ([]byte, error) {
	value, has := t.rows[key]
	if !has {
		return nil, outgrow.ErrAbsent
	}
	return []byte(value), nil
}

func (t *table) Set(key string, value []byte) error {
	return t.BatchWrite([]outgrow.Write{{Key: key, Value: value}})
}

func (t *table) Delete(key string) error {
	return t.BatchWrite([]outgrow.Write{{Key: key, Delete: true}})
}

func (t *table) BatchWrite(writes []outgrow.Write) error {
	if t.down {
		return errors.New("connection refused")
	}
	fmt.Println("  the table takes", len(writes), "writes")
	for _, w := range writes {
		if w.Delete {
			delete(t.rows, w.Key)
		} else {
			t.rows[w.Key] = string(w.Value)
		}
	}
	return nil
}

// must gives up with the library's message.
func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	t := &table{rows: map[string]string{}}
	clock := must(outgrow.NewManualClock(0))
	defer clock.Close()
	cache := must(outgrow.NewBytesCache(outgrow.CacheOptions{Clock: clock}))
	defer cache.Close()
	store := must(outgrow.NewCustomStore(t, clock))
	defer store.Close()
	visits := must(outgrow.NewCachedStore(outgrow.CachedStoreOptions{
		Mode:          outgrow.CachedStoreModeBehind,
		FlushInterval: time.Second,
		RetryAttempts: 1,
	}, cache, store))
	defer visits.Close()

	for i := 1; i <= 3; i++ {
		visits.Set("alice", []byte(fmt.Sprint(i)))
		visits.Set("bob", []byte(fmt.Sprint(10*i)))
	}
	value, _, from, _ := visits.Get("alice")
	fmt.Println("alice has", string(value), "visits, from the cache:", from == outgrow.SourceCache)
	fmt.Println("the table has", len(t.rows), "rows")
	clock.Advance(time.Second)
	fmt.Println("pumped", must(visits.Pump()))

	t.down = true
	visits.Set("alice", []byte("4"))
	for i := 0; i < 2; i++ {
		clock.Advance(time.Minute)
		fmt.Println("pumped", must(visits.Pump()))
	}
	for _, letter := range must(visits.DeadLetters()) {
		fmt.Printf("%s=%s died after %d tries: %s\n", letter.Key, letter.Value, letter.Attempts, letter.Message)
	}
	t.down = false
	fmt.Println("redriven", must(visits.RedriveAll()))
	fmt.Println("left", must(visits.Flush(context.Background())), "and alice is", t.rows["alice"])
}
