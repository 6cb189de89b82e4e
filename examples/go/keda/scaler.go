// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The one metric: how many instances there should be. With a target of 1 for each instance, the
// HorizontalPodAutoscaler that KEDA makes wants as many.
const metricName = "outgrow-instances"

// After which a workload that KEDA no longer asks about is forgotten.
const forgottenAfter = 10 * time.Minute

// Errors go back to KEDA, which then leaves the number as it is or, after so many failures, does what the
// ScaledObject's fallback says. An answer of 0 would be an order to stop.
type scaler struct {
	externalscaler.UnimplementedExternalScalerServer
	every, settle time.Duration

	mu        sync.Mutex
	workloads map[string]*workload
}

func newScaler(every, settle time.Duration) *scaler {
	return &scaler{every: every, settle: settle, workloads: map[string]*workload{}}
}

// IsActive says no only where nothing should run, and outgrow never wants fewer than one.
func (s *scaler) IsActive(_ context.Context, ref *externalscaler.ScaledObjectRef) (*externalscaler.IsActiveResponse, error) {
	if _, err := s.of(ref); err != nil {
		return nil, err
	}
	return &externalscaler.IsActiveResponse{Result: true}, nil
}

// StreamIsActive is IsActive for a trigger of the type external-push.
func (s *scaler) StreamIsActive(ref *externalscaler.ScaledObjectRef, stream grpc.ServerStreamingServer[externalscaler.IsActiveResponse]) error {
	active, err := s.IsActive(stream.Context(), ref)
	if err != nil {
		return err
	}
	if err := stream.Send(active); err != nil {
		return err
	}
	<-stream.Context().Done()
	return nil
}

func (s *scaler) GetMetricSpec(_ context.Context, ref *externalscaler.ScaledObjectRef) (*externalscaler.GetMetricSpecResponse, error) {
	if _, err := s.of(ref); err != nil {
		return nil, err
	}
	return &externalscaler.GetMetricSpecResponse{MetricSpecs: []*externalscaler.MetricSpec{
		{MetricName: metricName, TargetSize: 1, TargetSizeFloat: 1}, // the first for KEDA before 2.14
	}}, nil
}

// StreamMetricSpec says once what GetMetricSpec says, as that never changes.
func (s *scaler) StreamMetricSpec(ref *externalscaler.ScaledObjectRef, stream grpc.ServerStreamingServer[externalscaler.GetMetricSpecResponse]) error {
	spec, err := s.GetMetricSpec(stream.Context(), ref)
	if err != nil {
		return err
	}
	if err := stream.Send(spec); err != nil {
		return err
	}
	<-stream.Context().Done()
	return nil
}

func (s *scaler) GetMetrics(ctx context.Context, request *externalscaler.GetMetricsRequest) (*externalscaler.GetMetricsResponse, error) {
	if request.GetMetricName() != metricName {
		return nil, status.Errorf(codes.InvalidArgument, "metric %q: there is %q", request.GetMetricName(), metricName)
	}
	workload, err := s.of(request.GetScaledObjectRef())
	if err != nil {
		return nil, err
	}
	desired, err := workload.desired(ctx, s.every, s.settle)
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	return &externalscaler.GetMetricsResponse{MetricValues: []*externalscaler.MetricValue{
		{MetricName: metricName, MetricValue: int64(desired), MetricValueFloat: float64(desired)},
	}}, nil
}

// of is the workload of a ScaledObject; where its trigger was edited, a new one.
func (s *scaler) of(ref *externalscaler.ScaledObjectRef) (*workload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := ref.GetNamespace() + "/" + ref.GetName()
	for other, w := range s.workloads {
		if other != name && time.Since(w.asked) > forgottenAfter {
			w.close()
			delete(s.workloads, other)
		}
	}
	w := s.workloads[name]
	if w == nil || !maps.Equal(w.metadata, ref.GetScalerMetadata()) {
		made, err := newWorkload(name, ref.GetScalerMetadata())
		if err != nil {
			return nil, status.Error(codes.InvalidArgument, err.Error())
		}
		if w != nil {
			w.close()
		}
		w = made
		s.workloads[name] = w
	}
	w.asked = time.Now()
	return w, nil
}
