// SPDX-License-Identifier: Apache-2.0

package outgrow

import "context"

// Do runs call if there is room, else it returns a [FullError] at once. The permit is returned however call ends,
// by a panic too.
func (c *ConcurrencyLimiter) Do(ctx context.Context, call func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	permit, err := c.Enter()
	if err != nil {
		return err
	}
	if permit == 0 {
		said, _ := c.RefusalText()
		return &FullError{said}
	}
	defer c.Exit(permit)
	return call(ctx)
}
