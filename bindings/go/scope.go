// SPDX-License-Identifier: Apache-2.0

package outgrow

import "github.com/outgrow/outgrow/bindings/go/internal/raw"

// HostScope attaches to the segment, and makes it where there is none. [ErrIO] says why a file is refused;
// [ErrFull] that Attachments processes are attached. The process is attached for as long as the scope or
// a noun in it lives.
func HostScope(name string, o ScopeOptions) (*Scope, error) {
	if err := plain("name", name); err != nil {
		return nil, err
	}
	n, err := create("Scope", &o, nil, func(config, _ uintptr) (int32, uintptr, uintptr) {
		return raw.ScopeCreateHost(name, config)
	}, raw.ScopeDestroy)
	return (*Scope)(n), err
}

// Close gives the scope up; the nouns in it keep what they need of it. The segment stays.
func (p *Scope) Close() error { return (*noun)(p).close() }
