// SPDX-License-Identifier: Apache-2.0

package raw

// #include "waits.h"
import "C"

// WaitsBegin is before calls whose waits WaitsInterrupt ends, from another thread, and WaitsEnd after them, on the
// same thread. 0, when there is no memory, can be given to both.
func WaitsBegin() uintptr          { return uintptr(C.waits_begin()) }
func WaitsEnd(begun uintptr)       { C.waits_end(C.uintptr_t(begun)) }
func WaitsInterrupt(begun uintptr) { C.waits_interrupt(C.uintptr_t(begun)) }
