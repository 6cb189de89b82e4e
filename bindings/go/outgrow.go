// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

const (
	// Never is a wait without an end.
	Never time.Duration = math.MaxInt64
	// DefaultTTL, as a time to live, stands for what the cache's options say.
	DefaultTTL time.Duration = -1
	// Measured, as a latency, stands for the time since the ticket was given.
	Measured time.Duration = -1
)

// Key views bytes as a key, without a copy. It is for the call that it stands in: the bytes must not
// change before the call returns, and the string must not be kept. What the library keeps it copies.
func Key(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }

// A dynamically linked library may be another one than this package was made for.
func init() {
	if found := raw.Version(); !fits(found) {
		panic(fmt.Sprintf("outgrow: the library found is version %s, this package needs %s or a later one of the same major and, before 1.0, minor number",
			found, Version))
	}
}

func fits(found string) bool {
	var major, minor, patch, wantMajor, wantMinor, wantPatch int
	fmt.Sscanf(found, "%d.%d.%d", &major, &minor, &patch)
	fmt.Sscanf(Version, "%d.%d.%d", &wantMajor, &wantMinor, &wantPatch)
	if major != wantMajor {
		return false
	}
	if major == 0 && minor != wantMinor {
		return false
	}
	return minor > wantMinor || minor == wantMinor && patch >= wantPatch
}

// A text crosses NUL-terminated: what stands behind a NUL would be lost. All languages read it, as UTF-8.
func plain(argument, text string) error {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return &Error{Status: StatusInvalidArgument, Option: argument, Message: argument + " contains a NUL byte"}
	case !utf8.ValidString(text):
		return &Error{Status: StatusInvalidArgument, Option: argument, Message: argument + " is not UTF-8: " + strconv.Quote(text)}
	}
	return nil
}

func bit(b bool) int32 {
	if b {
		return 1
	}
	return 0
}
