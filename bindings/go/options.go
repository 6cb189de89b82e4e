// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"strconv"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// What the generated option structs are set into. The library checks names and values.
type options interface {
	set(c *config, prefix string)
}

type config struct {
	handle uintptr
	err    error
}

func newConfig(o options) (uintptr, error) {
	status, handle, failed := raw.ConfigCreate()
	if status != 0 {
		return 0, failure(status, failed)
	}
	c := config{handle: handle}
	o.set(&c, "")
	if c.err != nil {
		raw.ConfigDestroy(handle)
		return 0, c.err
	}
	return handle, nil
}

// The config of options that are to change. A noun's clock and the place where it lies cannot.
func changed(o options, clock *Clock, scope *Scope, name string) (uintptr, error) {
	for _, fixed := range []struct {
		name  string
		given bool
	}{{"Clock", clock != nil}, {"Scope", scope != nil}, {"Name", name != ""}} {
		if fixed.given {
			return 0, &Error{Status: StatusInvalidArgument, Option: fixed.name,
				Message: fixed.name + " cannot change while it is in use"}
		}
	}
	return newConfig(o)
}

func (c *config) keep(status int32, name string) {
	if status != 0 && c.err == nil {
		c.err = fault(status, name)
	}
}

func (c *config) text(name, value string) {
	if value == "" || c.err != nil {
		return
	}
	if c.err = plain(name, name); c.err == nil {
		c.err = plain(name, value)
	}
	if c.err == nil {
		c.keep(raw.ConfigSet(c.handle, name, value), name)
	}
}

func (c *config) integer(name string, value int64) {
	if value != 0 {
		c.keep(raw.ConfigSetInt(c.handle, name, value), name)
	}
}

func (c *config) number(name string, value float64) {
	if value != 0 {
		c.keep(raw.ConfigSetDouble(c.handle, name, value), name)
	}
}

func (c *config) flag(name string, value bool) {
	if value {
		c.keep(raw.ConfigSetBool(c.handle, name, 1), name)
	}
}

func (c *config) givenFlag(name string, value *bool) {
	if value != nil {
		c.keep(raw.ConfigSetBool(c.handle, name, bit(*value)), name)
	}
}

func (c *config) duration(name string, value time.Duration) {
	if value%time.Millisecond == 0 {
		c.integer(name, int64(value/time.Millisecond))
		return
	}
	c.text(name, strconv.FormatInt(int64(value), 10)+"ns")
}

func (c *config) named(prefix string, values map[string]string) {
	for name, value := range values {
		if value == "" { // text leaves it out, but here it was said
			if c.err == nil {
				c.err = plain(name, name)
			}
			c.keep(raw.ConfigSet(c.handle, prefix+name, ""), name)
			continue
		}
		c.text(prefix+name, value)
	}
}

// A layer of a service is in the path once one of its options is set.
func (c *config) layer(name, standard string, clock *Clock, scope *Scope) {
	wrong := func(field, why string) {
		if c.err == nil {
			c.err = &Error{Status: StatusInvalidArgument, Option: name,
				Message: name + ": a layer's " + field + " must be nil, " + why}
		}
	}
	if clock != nil {
		wrong("Clock", "layers go by the service's")
	}
	if scope != nil {
		wrong("Scope", "layers lie where the service does")
	}
	c.text(name, standard)
}

// Check says whether options by name, such as those of a file, would do for a noun; the names of both are
// those of docs/options.md: Check("limiter", map[string]string{"rate": "100/s"}).
func Check(noun string, named map[string]string) error {
	if err := plain("noun", noun); err != nil {
		return err
	}
	c, err := newConfig(namedOptions(named))
	if err != nil {
		return err
	}
	defer raw.ConfigDestroy(c)
	return settled(raw.ConfigCheck(c, noun))
}

type namedOptions map[string]string

func (o namedOptions) set(c *config, prefix string) { c.named(prefix, o) }

// Describe is the library's description of a noun's options as JSON, or of all nouns' for "": what the
// option structs of this package are generated from.
func Describe(noun string) (string, error) {
	if err := plain("noun", noun); err != nil {
		return "", err
	}
	return textOf(raw.ConfigDescribe(noun))
}
