// SPDX-License-Identifier: Apache-2.0

//go:build dynamic

package raw

// The installed library in place of the one that the module carries: go build -tags dynamic.

// #cgo pkg-config: outgrow
import "C"
