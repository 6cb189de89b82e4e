// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
)

// Codec turns values of a type into bytes and back.
type Codec[V any] interface {
	// Append puts the value's bytes behind dst.
	Append(dst []byte, value V) ([]byte, error)
	// Decode is the value of bytes, which are not to be kept.
	Decode(data []byte) (V, error)
}

// JSON is encoding/json.
func JSON[V any]() Codec[V] { return jsonCodec[V]{} }

// Gob is encoding/gob, each value with its type.
func Gob[V any]() Codec[V] { return gobCodec[V]{} }

// Text is strings as they are.
func Text() Codec[string] { return textCodec{} }

type jsonCodec[V any] struct{}

func (jsonCodec[V]) Append(dst []byte, value V) ([]byte, error) {
	b, err := json.Marshal(value)
	return append(dst, b...), err
}

func (jsonCodec[V]) Decode(data []byte) (value V, err error) {
	err = json.Unmarshal(data, &value)
	return value, err
}

type gobCodec[V any] struct{}

func (gobCodec[V]) Append(dst []byte, value V) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	err := gob.NewEncoder(b).Encode(value)
	return b.Bytes(), err
}

func (gobCodec[V]) Decode(data []byte) (value V, err error) {
	err = gob.NewDecoder(bytes.NewReader(data)).Decode(&value)
	return value, err
}

type textCodec struct{}

func (textCodec) Append(dst []byte, value string) ([]byte, error) { return append(dst, value...), nil }
func (textCodec) Decode(data []byte) (string, error)              { return string(data), nil }
