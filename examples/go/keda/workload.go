// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"sync"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// What a trigger's metadata says besides the autoscaler's options: where Prometheus is, and a query for each
// metric that there is.
const (
	prometheusURL  = "prometheus"
	instancesQuery = "instances" // how many are wanted now, such as kube_deployment_spec_replicas{...}
	readyQuery     = "ready"     // how many of them serve
)

var metricQueries = []string{"cpu_utilization", "memory_utilization", "request_rate", "response_time", "error_rate"}

// workload is what one ScaledObject scales.
type workload struct {
	name     string
	metadata map[string]string
	asked    time.Time // by KEDA; of the scaler's mutex

	mu        sync.Mutex
	scaler    *outgrow.AutoScaler // nil once closed
	seen      time.Time           // when its metrics were asked for
	changed   time.Time           // when the number was last decided anew
	instances int32               // as decided last
	isKnown   bool                // whether anybody has said how many run
}

// newWorkload takes what the metadata does not name above as the autoscaler's options, whose names and values the
// library checks.
func newWorkload(name string, metadata map[string]string) (*workload, error) {
	named := map[string]string{}
	for key, value := range metadata {
		named[key] = value
	}
	for _, own := range append([]string{prometheusURL, instancesQuery, readyQuery}, metricQueries...) {
		delete(named, own)
	}
	for _, needed := range []string{prometheusURL, instancesQuery} {
		if metadata[needed] == "" {
			return nil, fmt.Errorf("%s: the trigger's metadata has no %q", name, needed)
		}
	}
	scaler, err := outgrow.NewAutoScaler(outgrow.AutoScalerOptions{Named: named})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &workload{name: name, metadata: metadata, scaler: scaler}, nil
}

func (w *workload) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scaler.Close()
	w.scaler = nil
}

// desired is how many instances there should be. Prometheus is asked once in `every`, whoever calls.
func (w *workload) desired(ctx context.Context, every, settle time.Duration) (int32, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.scaler == nil {
		return 0, errors.New(w.name + ": its trigger has just changed")
	}
	now := time.Now()
	if w.isKnown && now.Sub(w.seen) < every {
		return w.instances, nil
	}
	w.seen = now
	if err := w.observe(ctx, now, settle); err != nil {
		return 0, err
	}
	decision, err := w.scaler.Explain()
	if err != nil {
		return 0, err
	}
	if decision.Desired != decision.Previous {
		w.changed = now
		log.Printf("%s: %s", w.name, decision.Text)
	}
	w.instances = decision.Desired
	return w.instances, nil
}

// observe tells the autoscaler what Prometheus knows. What does not come is missing, not zero: while a metric
// that used to come is missing, nothing is scaled down.
func (w *workload) observe(ctx context.Context, now time.Time, settle time.Duration) error {
	running := w.ask(ctx, instancesQuery)
	// What was decided takes a while to be what runs, and to be seen.
	if !math.IsNaN(running) && (!w.isKnown || (int32(running) != w.instances && now.Sub(w.changed) > settle)) {
		if err := w.scaler.SetInstances(int32(running)); err != nil {
			return err
		}
		w.isKnown, w.instances = true, int32(running)
	}
	if !w.isKnown {
		return fmt.Errorf("%s: how many instances run is unknown: %q gave nothing", w.name, instancesQuery)
	}
	if ready := w.ask(ctx, readyQuery); !math.IsNaN(ready) {
		if err := w.scaler.SetReady(int32(ready)); err != nil {
			return err
		}
	}
	var values [5]float64
	for i, metric := range metricQueries {
		values[i] = w.ask(ctx, metric)
	}
	return w.scaler.Observe(outgrow.Sample{
		CPUUtilization: values[0], MemoryUtilization: values[1], RequestRate: values[2],
		ResponseTime: values[3], ErrorRate: values[4],
	})
}

// ask is a query's value; missing without the query, or where it fails, which is logged.
func (w *workload) ask(ctx context.Context, which string) float64 {
	query := w.metadata[which]
	if query == "" {
		return outgrow.Missing
	}
	value, err := askPrometheus(ctx, w.metadata[prometheusURL], query)
	if err != nil {
		log.Printf("%s: %s: %v", w.name, which, err)
		return outgrow.Missing
	}
	return value
}
