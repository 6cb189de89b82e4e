// SPDX-License-Identifier: Apache-2.0

package outgrow

import "github.com/outgrow/outgrow/bindings/go/internal/raw"

// Scope is memory that all processes of the machine share, whatever their language: a noun that is made
// in it under a name (the options Scope and Name) is one and the same in each of them. One limit, one
// breaker, one count. Safe from every goroutine. Linux.
//
// The name is one of shared memory, a slash and no other ("/checkout"), or the path of a file on a local
// file system. Containers share the first by sharing /dev/shm and the second by mounting the file.
//
// The first to come makes the segment, of the options' Size for good; attaching resets nothing. A name
// has the same options in each process: else [ErrBadValue], naming the option that differs. A process
// may die at any instruction, by SIGKILL too: the others take back what it held. All must read the same
// clock, the system's by default.
type Scope noun

// HostScope attaches to the segment, and makes it where there is none. [ErrIO] says why a file is refused;
// [ErrFull] that Attachments processes are attached. The process is attached for as long as the scope or
// a noun in it lives.
func HostScope(name string, o ScopeOptions) (*Scope, error) {
	if err := plain("name", name); err != nil {
		return nil, err
	}
	n, err := create("Scope", &o, nil, func(config, _ uintptr, out, failed *uintptr) int32 {
		return raw.Og_scope_create_host(name, config, out, failed)
	}, raw.Og_scope_destroy)
	return (*Scope)(n), err
}

// Close gives the scope up; the nouns in it keep what they need of it. The segment stays.
func (p *Scope) Close() error { return (*noun)(p).close() }

// Stat is one of the segment's numbers.
func (p *Scope) Stat(which ScopeStat) (int64, error) {
	n := (*noun)(p)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	count := raw.Og_scope_stat(n.handle, int32(which))
	n.leave(s)
	return number(count, "which")
}
