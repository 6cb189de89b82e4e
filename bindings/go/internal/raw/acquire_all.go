// SPDX-License-Identifier: Apache-2.0

package raw

// #include "support.h"
//
// typedef struct { int64_t answer, which; } raw_all;
// static inline raw_all raw_acquire_all(const uintptr_t *limiters, const char *keys, const int64_t *lens,
//                                       const int64_t *costs, int64_t count, int at_time, int64_t now) {
//   raw_all a = {OG_NO_MEMORY, OG_NONE};
//   raw_many made;
//   og_limiter *const *handles = (og_limiter *const *)limiters;
//   if (!raw_point(&made, keys, lens, count)) return a;
//   a.answer = at_time ? og_limiter_acquire_all_at(handles, made.ranges, lens, costs, count, now, &a.which)
//                      : og_limiter_acquire_all(handles, made.ranges, lens, costs, count, &a.which);
//   raw_release(&made);
//   return a;
// }
import "C"

// LimiterAcquireAll is og_limiter_acquire_all, or og_limiter_acquire_all_at.
func LimiterAcquireAll(limiters []uintptr, keys []string, costs []int64, atTime bool, now int64) (answer, which int64) {
	if len(limiters) == 0 {
		return 0, -1
	}
	gathered := gather(keys)
	defer gathered.release()
	var timed C.int
	if atTime {
		timed = 1
	}
	a := C.raw_acquire_all(handles(limiters), gathered.data(), gathered.sizes(), int64s(costs), C.int64_t(len(limiters)), timed, C.int64_t(now))
	return int64(a.answer), int64(a.which)
}
