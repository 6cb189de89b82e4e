// SPDX-License-Identifier: Apache-2.0

//go:build !cgo

package raw

// The compiler's complaint about this name is the message.
var _ = outgrow_is_cpp_and_needs_CGO_ENABLED_1_and_a_cpp_compiler
