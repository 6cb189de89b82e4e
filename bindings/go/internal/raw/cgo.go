// SPDX-License-Identifier: Apache-2.0

// Package raw is the C interface as Go functions. raw.go, raw.h, raw_go124.go, outgrow.h and outgrow.cpp are made
// with the module (packaging/go_module.py): each function of the interface, and the library itself as one source,
// which Go's tool compiles once and keeps. None of the functions allocates for what crosses, but for texts, lent bytes
// and lists. custom_store.go holds the calls that come back into Go.
//
// With Go 1.24 or newer a key on the caller's stack stays there, see raw_go124.go.
//
// Handles are uintptr, 0 for none. Nothing here checks that a handle is alive: the package above does.
package raw

// A Go program needs no debug information of the library beyond lines: with all of it the compiler
// takes half as long again.

// #cgo CPPFLAGS: -DOUTGROW_STATIC
// #cgo CXXFLAGS: -std=c++20 -g1 -fvisibility=hidden
// #cgo linux LDFLAGS: -lpthread
import "C"
