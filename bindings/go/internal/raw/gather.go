// SPDX-License-Identifier: Apache-2.0

package raw

// #include <stdint.h>
import "C"

import "sync"

// Keys gathered to cross at once, in memory that is kept for the next call.
type gathered struct {
	bytes []byte
	lens  []int64
}

var pool = sync.Pool{New: func() any { return &gathered{lens: make([]int64, 0, 16)} }}

// No keys at all, which is not the same as none of them.
var none gathered

const keptBytes = 1 << 20 // more than this is left to the garbage collector

func gather(keys []string) *gathered {
	if keys == nil {
		return &none
	}
	g := pool.Get().(*gathered)
	g.bytes, g.lens = g.bytes[:0], g.lens[:0]
	for _, key := range keys {
		g.bytes = append(g.bytes, key...)
		g.lens = append(g.lens, int64(len(key)))
	}
	return g
}

func (g *gathered) release() {
	if g != &none && cap(g.bytes) <= keptBytes && cap(g.lens) <= keptBytes {
		pool.Put(g)
	}
}

func (g *gathered) data() *C.char     { return spaceOf(&g.bytes) }
func (g *gathered) sizes() *C.int64_t { return int64s(g.lens) }
