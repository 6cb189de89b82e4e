// SPDX-License-Identifier: Apache-2.0

package raw

// #include "entries.h"
import "C"

import "unsafe"

// Bytes that the library lends are copied: how long they live is nothing that Go could see.
func copied(data unsafe.Pointer, size C.int64_t) []byte {
	b := make([]byte, int(size))
	copy(b, Bytes(data, int64(size)))
	return b
}

// Bytes views memory of the library's.
func Bytes(data unsafe.Pointer, size int64) []byte {
	if size <= 0 {
		return nil
	}
	return unsafe.Slice((*byte)(data), int(size))
}

func RangesAt(ranges uintptr, index int64) (first, end []byte, from, to int32) {
	e := C.entry_of_range(C.uintptr_t(ranges), C.int64_t(index))
	return copied(e.key, e.key_len), copied(e.value, e.value_len), int32(e.from), int32(e.to)
}

func BatchAt(batch uintptr, index int64) (key, value []byte, status int32) {
	e := C.entry_of_batch(C.uintptr_t(batch), C.int64_t(index))
	return copied(e.key, e.key_len), copied(e.value, e.value_len), int32(e.status)
}

func DeadLettersAt(letters uintptr, index int64) (key, value []byte, status, reason int32, attempts int64, message string) {
	e := C.entry_of_dead_letters(C.uintptr_t(letters), C.int64_t(index))
	return copied(e.key, e.key_len), copied(e.value, e.value_len), int32(e.status), int32(e.from), int64(e.number), C.GoString(e.text)
}

func QueryNext(query uintptr, now *int64) (shard int32, key, row []byte, status int32) {
	var e C.entry
	if now != nil {
		e = C.entry_of_query_at(C.uintptr_t(query), C.int64_t(*now))
	} else {
		e = C.entry_of_query(C.uintptr_t(query))
	}
	return int32(e.from), copied(e.key, e.key_len), copied(e.value, e.value_len), int32(e.status)
}

func QueryFailure(query uintptr, index int64) (shard, reason int32, message string, dropped int64, status int32) {
	e := C.entry_of_failure(C.uintptr_t(query), C.int64_t(index))
	return int32(e.from), int32(e.to), C.GoString(e.text), int64(e.number), int32(e.status)
}

func QueryState(query uintptr, now *int64) (state int32, waiting int64) {
	var e C.entry
	if now != nil {
		e = C.entry_of_state_at(C.uintptr_t(query), C.int64_t(*now))
	} else {
		e = C.entry_of_state(C.uintptr_t(query))
	}
	return int32(e.status), int64(e.number)
}

func ShardsMove(from, to uintptr, key string) (moved, fromShard, toShard int32) {
	e := C.entry_of_move(C.uintptr_t(from), C.uintptr_t(to), bytesOf(&key), C.int64_t(len(key)))
	return int32(e.status), int32(e.from), int32(e.to)
}

func ShardsSpan(shards uintptr, first, end string, out []int32) int64 {
	return int64(C.shards_span(C.uintptr_t(shards), bytesOf(&first), C.int64_t(len(first)), bytesOf(&end), C.int64_t(len(end)), int32s(out), C.int64_t(len(out))))
}

func ShardsOfInt64Many(shards uintptr, keys []int64, out []int32) int32 {
	if len(keys) == 0 {
		return 0
	}
	return Og_shards_of_int64_many(shards, &keys[0], int64(len(keys)), &out[0])
}

func ReplicasReadMany(replicas uintptr, out []int32) int32 {
	if len(out) == 0 {
		return 0
	}
	return Og_replicas_read_many(replicas, int64(len(out)), &out[0])
}

func GatherStart(gather uintptr, shards []int32, count int64, now *int64, out, failed *uintptr) int32 {
	var first *int32
	if shards != nil {
		if len(shards) == 0 {
			shards = make([]int32, 1)
		}
		first = &shards[0]
	}
	if now != nil {
		return Og_gather_start_at(gather, first, count, *now, out, failed)
	}
	return Og_gather_start(gather, first, count, out, failed)
}

func AutoscalerLearn(autoscaler uintptr, at []int64, rates []float64) int64 {
	if len(at) == 0 {
		return 0
	}
	return Og_autoscaler_learn(autoscaler, &at[0], &rates[0], int64(len(at)))
}

// A text that the library lends, as Go's own.
func ownText(lent string) string { return string(append([]byte(nil), lent...)) }
