// SPDX-License-Identifier: Apache-2.0

package outgrow

// MetricsContentType is what HTTP calls the text that [Metrics.Render] makes.
const MetricsContentType = "text/plain; version=0.0.4; charset=utf-8"

// Series is one of the program's own.
type Series int32
