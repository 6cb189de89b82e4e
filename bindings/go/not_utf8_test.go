// SPDX-License-Identifier: Apache-2.0

package outgrow

import "testing"

// A name that is not UTF-8 makes an exposition that no scraper takes, and a name that Python and Java cannot
// read. Keys are any bytes.
func TestTextsThatAreNotUTF8(t *testing.T) {
	const bad = "a\xff"
	e, err := NewEndpoints(EndpointsOptions{})
	made(t, e, err)
	m, err := NewMetrics(MetricsOptions{})
	made(t, m, err)
	g, err := NewGather(GatherOptions{})
	made(t, g, err)
	q, err := g.Start([]int32{0})
	made(t, q, err)
	l := limiter(t, "5/s")
	_, named := e.Add(bad, 1, "")
	_, zoned := e.Add("a", 1, bad)
	_, _, found := e.Find(bad)
	_, counter := m.Counter(bad, "", "")
	_, help := m.Gauge("g", bad, "")
	_, instance := m.Histogram("h_seconds", "", bad)
	_, removed := m.Remove(bad)
	_, message := q.Fail(0, StatusStore, bad)
	_, option := NewRateLimiter(RateLimiterOptions{Rate: bad})
	_, called := NewCircuitBreaker(CircuitBreakerOptions{Named: map[string]string{bad: "1"}})
	_, host := HostScope(bad, ScopeOptions{})
	_, described := Describe(bad)
	for _, of := range []struct {
		argument string
		err      error
	}{
		{"name", named}, {"zone", zoned}, {"name", found}, {"name", m.AddLimiter(bad, l)}, {"name", counter}, {"help", help},
		{"instance", instance}, {"name", removed}, {"message", message}, {"rate", option}, {bad, called}, {"name", host},
		{"noun", described}, {"noun", Check(bad, nil)},
	} {
		wants(t, of.argument, of.err, ErrInvalidArgument, of.argument)
	}
	if wait, err := l.Acquire(bad, 1); wait != 0 || err != nil {
		t.Error("a key", wait, err)
	}
}
