// SPDX-License-Identifier: Apache-2.0

// Package outgrow is the scaling patterns of a service.
package outgrow
