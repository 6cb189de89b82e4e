// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *storeDriver) get(s step, _ time.Duration) any {
	value, found, err := d.store.Get(s.raw("key"))
	switch {
	case err != nil:
		return answerError(err)
	case !found:
		return "absent"
	case s.truth("hex", false):
		return hex.EncodeToString(value)
	}
	return string(value)
}

func (d *storeDriver) batch(s step, _ time.Duration) any {
	b := made(outgrow.NewBatch())
	defer b.Close()
	for _, member := range s.list("writes") {
		write := member.([]any)
		key := s.rawOf(write[0])
		if write[1] == nil {
			must(b.Delete(key))
		} else {
			must(b.Set(key, []byte(s.rawOf(write[1]))))
		}
	}
	return answerError(d.store.BatchWrite(b))
}
