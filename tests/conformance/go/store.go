// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"errors"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type storeDriver struct{ *outgrow.Store }

func openStore(v *vector) driver {
	return storeDriver{made(outgrow.NewStore(outgrow.StoreOptions{Named: named(v.Config), Clock: v.clock}))}
}

func (d storeDriver) close() { d.Close() }

func (d storeDriver) step(s step, _ time.Duration) any {
	decode := func(member any) string {
		text, _ := member.(string)
		if !s.truth("hex", false) {
			return text
		}
		return string(made(hex.DecodeString(text)))
	}
	key := decode(s["key"])
	switch s.text("op") {
	case "get":
		value, found, err := d.Get(key)
		switch {
		case err != nil:
			return outcomeOf(err)
		case !found:
			return "absent"
		case s.truth("hex", false):
			return hex.EncodeToString(value)
		}
		return string(value)
	case "set":
		return outcomeOf(d.Set(key, []byte(decode(s["value"]))))
	case "delete":
		return outcomeOf(d.Delete(key))
	case "batch":
		b := made(outgrow.NewBatch())
		defer b.Close()
		for _, member := range s.list("writes") {
			write := member.([]any)
			if write[1] == nil {
				must(b.Delete(decode(write[0])))
			} else {
				must(b.Set(decode(write[0]), []byte(decode(write[1]))))
			}
		}
		return outcomeOf(d.BatchWrite(b))
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func outcomeOf(err error) any {
	var failed *outgrow.Error
	if errors.As(err, &failed) {
		return step{"error": int32(failed.Status), "option": failed.Option}
	}
	must(err)
	return "ok"
}
