// SPDX-License-Identifier: Apache-2.0

//go:build sqlite && !dynamic

package raw

// Stores in SQLite: go build -tags sqlite, with SQLite's header and library installed.

// #cgo CPPFLAGS: -DOUTGROW_SQLITE
// #cgo LDFLAGS: -lsqlite3
import "C"
