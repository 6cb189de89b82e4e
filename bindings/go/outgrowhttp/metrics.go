// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"io"
	"net/http"

	"github.com/outgrow/outgrow/bindings/go"
)

// Metrics serves what the registry shows, as Prometheus' text. One that is closed answers 503.
func Metrics(m *outgrow.Metrics) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		text, err := m.Render()
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", outgrow.MetricsContentType)
		io.WriteString(w, text)
	})
}
