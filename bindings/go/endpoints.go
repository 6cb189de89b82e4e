// SPDX-License-Identifier: Apache-2.0

package outgrow

import "github.com/outgrow/outgrow/bindings/go/internal/raw"

// Find is the index of a name, and whether it is in the set.
func (e *Endpoints) Find(name string) (index int32, found bool, err error) {
	if err := plain("name", name); err != nil {
		return 0, false, err
	}
	err = (*noun)(e).within(func(h uintptr) (err error) {
		index, err = indexOf(raw.EndpointsFind(h, name), "name")
		return err
	})
	if err != nil || index < 0 {
		return 0, false, err
	}
	return index, true, nil
}
