// SPDX-License-Identifier: Apache-2.0

// Package raw is the C interface as Go functions. outgrow.go, outgrow_wrap.c, outgrow.h and
// outgrow.cpp are made with the module (packaging/go_module.py): SWIG's layer over every function, and
// the library itself as one source, which Go's tool compiles once and keeps. What would allocate or copy
// when generated is written by hand in hot.go; custom_store.go holds the calls that come back into Go.
//
// Handles are uintptr, 0 for none. Nothing here checks that a handle is alive: the package above does.
package raw

// A Go program needs no debug information of the library beyond lines: with all of it the compiler
// takes half as long again.

// #cgo CPPFLAGS: -DOUTGROW_STATIC
// #cgo CXXFLAGS: -std=c++20 -g1 -fvisibility=hidden
// #cgo linux LDFLAGS: -lpthread
import "C"
