// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"reflect"
	"time"
)

// CacheKey is what a [Cache] takes for keys: strings as they are, integers as their [IntegerKey].
type CacheKey interface {
	~string | ~int | ~int32 | ~int64
}

// Cache is a [BytesCache] for values of a type. A value is decoded for each reader, so that readers do
// not share it: what decoding costs comes to what the cache does.
type Cache[K CacheKey, V any] struct {
	bytes *BytesCache
	codec Codec[V]
}

// NewCache makes a cache with a codec, such as [JSON].
func NewCache[K CacheKey, V any](o CacheOptions, codec Codec[V]) (*Cache[K, V], error) {
	if codec == nil {
		return nil, &Error{Status: StatusInvalidArgument, Option: "codec", Message: "codec is nil"}
	}
	c, err := NewBytesCache(o)
	if err != nil {
		return nil, err
	}
	return &Cache[K, V]{c, codec}, nil
}

// Bytes is the cache below, for its numbers and for [Metrics.AddCache].
func (c *Cache[K, V]) Bytes() *BytesCache {
	if c == nil {
		return nil
	}
	return c.bytes
}

// Close gives the cache up.
func (c *Cache[K, V]) Close() error { return c.Bytes().Close() }

// Get is a fresh value, with [StatusOK]; or [StatusMiss] or [StatusAbsent].
func (c *Cache[K, V]) Get(key K) (value V, outcome Status, err error) {
	var decoded error
	outcome, err = c.Bytes().View(keyText(key), func(data []byte) { value, decoded = c.codec.Decode(data) })
	if err == nil {
		err = decoded
	}
	return value, outcome, err
}

// Set stores a value for ttl, as [BytesCache.Set] does.
func (c *Cache[K, V]) Set(key K, value V, ttl time.Duration) (Status, error) {
	if c == nil || c.codec == nil {
		return StatusClosed, ErrClosed
	}
	data, err := c.codec.Append(nil, value)
	if err != nil {
		return StatusInvalidArgument, err
	}
	return c.bytes.Set(keyText(key), data, ttl)
}

// SetAbsent stores that the key does not exist.
func (c *Cache[K, V]) SetAbsent(key K, ttl time.Duration) (Status, error) {
	return c.Bytes().SetAbsent(keyText(key), ttl)
}

// Delete removes the key, as [BytesCache.Delete] does.
func (c *Cache[K, V]) Delete(key K) (Status, error) { return c.Bytes().Delete(keyText(key)) }

// Load is the value, from the cache or else from load, as [BytesCache.Load] does it.
func (c *Cache[K, V]) Load(ctx context.Context, key K, load func(context.Context) (V, error)) (V, error) {
	var value V
	if c == nil {
		return value, ErrClosed
	}
	loaded := false
	data, err := c.bytes.Load(ctx, keyText(key), func(ctx context.Context) ([]byte, error) {
		var err error
		if value, err = load(ctx); err != nil {
			return nil, err
		}
		loaded = true
		return c.codec.Append(nil, value)
	})
	if err != nil || loaded {
		return value, err
	}
	return c.codec.Decode(data)
}

func keyText[K CacheKey](key K) string {
	switch k := any(key).(type) {
	case string:
		return k
	case int:
		return IntegerKey(int64(k))
	case int32:
		return IntegerKey(int64(k))
	case int64:
		return IntegerKey(k)
	}
	// A type with a name of its own.
	v := reflect.ValueOf(key)
	if v.Kind() == reflect.String {
		return v.String()
	}
	return IntegerKey(v.Int())
}
