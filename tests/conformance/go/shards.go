// SPDX-License-Identifier: Apache-2.0

package main

import "time"

func (d *shardsDriver) move(s step, _ time.Duration) any {
	moves, from, to, err := d.marked.Move(d.shards, s.raw("key"))
	must(err)
	if !moves {
		return "stays"
	}
	return []any{from, to}
}
