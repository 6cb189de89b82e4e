// SPDX-License-Identifier: Apache-2.0

package outgrow

import "context"

// Do acquires a node for a write or a read, runs call, and releases the node, as [Balancer.Do] does.
func (r *ReplicaRouter) Do(ctx context.Context, write bool, call func(ctx context.Context, node int32) error) error {
	return withTicket(ctx, r, func() (Ticket, int32, Status, error) { return r.Acquire(write) }, call)
}
