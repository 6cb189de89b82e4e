// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Backend is a store of the program's own. It is called on goroutines that are themselves in a call to the
// library, several at a time. It may call the cached store that called it, for other keys than the one that it
// was called for. Errors that are [ErrTimeout] or context.DeadlineExceeded count as timeouts, others as [ErrStore]
// unless they are an [Error]; a panic counts as an error. A goroutine that ends itself in it ends, and what it was
// called for has failed.
type Backend interface {
	// Get is the key's value, or [ErrAbsent].
	Get(key string) ([]byte, error)
	// Set stores a value; value is good until Set returns.
	Set(key string, value []byte) error
	// Delete removes a key; what does not exist is no error.
	Delete(key string) error
}

// BatchBackend is a Backend that applies several writes at once, in their order. One that is none gets
// them one by one.
type BatchBackend interface {
	Backend
	BatchWrite(writes []Write) error
}

// NewCustomStore makes a store of the program's own; clock, which may be nil, times its operations for the
// metrics.
func NewCustomStore(backend Backend, clock *Clock) (*Store, error) {
	if backend == nil {
		return nil, &Error{Status: StatusInvalidArgument, Option: "backend", Message: "backend is nil"}
	}
	time, done, err := (*noun)(clock).lend()
	if err != nil {
		return nil, err
	}
	defer done()
	status, out, failed := raw.CustomStoreCreate(custom{backend}, time)
	n, err := adopt("Store", status, out, failed, raw.StoreDestroy)
	return (*Store)(n), err
}

type custom struct{ backend Backend }

func (h custom) Get(key []byte) (value []byte, status int32, why string) {
	status, why = contain(func() (err error) {
		value, err = h.backend.Get(string(key))
		return err
	})
	return value, status, why
}

func (h custom) Set(key, value []byte) (status int32, why string) {
	return contain(func() error { return h.backend.Set(string(key), value) })
}

func (h custom) Delete(key []byte) (status int32, why string) {
	return contain(func() error { return h.backend.Delete(string(key)) })
}

func (h custom) BatchWrite(batch uintptr) (status int32, why string) {
	return contain(func() error {
		writes := writesOf(batch)
		if b, can := h.backend.(BatchBackend); can {
			return b.BatchWrite(writes)
		}
		for _, w := range writes {
			var err error
			if w.Delete {
				err = h.backend.Delete(w.Key)
			} else {
				err = h.backend.Set(w.Key, w.Value)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Runs the program's code. A panic must not unwind through C++, and is an error; also one with nil, of which
// recover may not tell.
func contain(call func() error) (status int32, why string) {
	status, why = int32(StatusStore), "panic: nil"
	defer func() {
		if p := recover(); p != nil {
			status, why = int32(StatusStore), spelled(fmt.Sprintf("panic: %v", p))
		}
	}()
	return statusOf(call())
}

// The status is 0 for nil alone. Texts cross NUL-terminated.
func statusOf(err error) (int32, string) {
	var e *Error
	switch {
	case err == nil:
		return 0, ""
	case errors.Is(err, ErrAbsent):
		return int32(StatusAbsent), ""
	case errors.Is(err, ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return int32(StatusTimeout), spelled(err.Error())
	case errors.As(err, &e) && e.Status < 0:
		return int32(e.Status), spelled(err.Error())
	}
	return int32(StatusStore), spelled(err.Error())
}

// As plain wants it: of an error's text nothing is refused, and what cannot cross is replaced.
func spelled(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", `\x00`)
}
