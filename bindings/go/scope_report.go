// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"encoding/json"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// ScopeReport is what lies in a segment.
type ScopeReport struct {
	Name        string            `json:"name"`
	Bytes       int64             `json:"bytes"`
	BytesLeft   int64             `json:"bytes_left"` // for new objects
	Attachments []ScopeAttachment `json:"attachments"`
	Objects     []ScopeObject     `json:"objects"`
	Faults      []string          `json:"faults"` // what does not hold together; nil unless it was verified
}

// ScopeAttachment is a process that is attached.
type ScopeAttachment struct {
	PID       int    `json:"pid"`
	Command   string `json:"command"`
	StartTime int64  `json:"start_time"` // in clock ticks since boot: of one PID, the same process
}

// ScopeObject is a noun under its name.
type ScopeObject struct {
	Kind    string             `json:"kind"` // the noun, as in docs/options.md
	Name    string             `json:"name"`
	Options map[string]string  `json:"options"`
	Bytes   int64              `json:"bytes"`
	Figures map[string]float64 `json:"figures"`  // what it counts, under the names that [Metrics.Render] gives
	AddedUp map[string]float64 `json:"added_up"` // of metrics: what each process counts for itself
	Hottest []DeniedKey        `json:"hottest"`  // of a limiter
}

// DeniedKey is one of the keys that a limiter denied most.
type DeniedKey struct {
	Key    string `json:"key"`
	Denied int64  `json:"denied"`
}

// InspectScope looks into a segment without attaching to it.
func InspectScope(name string) (ScopeReport, error) { return inspectScope(name, 0) }

// VerifyScope is InspectScope with the report's Faults, for which it reads the whole segment.
func VerifyScope(name string) (ScopeReport, error) { return inspectScope(name, 1) }

func inspectScope(name string, verify int32) (ScopeReport, error) {
	var report ScopeReport
	if err := plain("name", name); err != nil {
		return report, err
	}
	text, err := textOf(raw.ScopeInspect(name, verify))
	if err == nil {
		err = json.Unmarshal([]byte(text), &report)
	}
	return report, err
}

// ListScopes is the names of the segments in shared memory that this user may open.
func ListScopes() ([]string, error) {
	var names []string
	text, err := textOf(raw.ScopeList())
	if err == nil {
		err = json.Unmarshal([]byte(text), &names)
	}
	return names, err
}

// RemoveScope removes the name: who is attached keeps what there is, who comes later makes it anew.
func RemoveScope(name string) error {
	if err := plain("name", name); err != nil {
		return err
	}
	return settled(raw.ScopeRemove(name))
}
