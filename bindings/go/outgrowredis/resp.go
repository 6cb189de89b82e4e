// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// One of a fleet's commands, by its number.
type command struct {
	number int64
	words  []string
}

var errNoRESP = errors.New("outgrowredis: a fleet's commands are no RESP")

// What Fleet.Take gives: the number of the first, ":17", and each in RESP.
func commandsOf(taken string) ([]command, error) {
	if taken == "" {
		return nil, nil
	}
	rest := taken
	number := func(kind byte) (int64, error) {
		line, after, found := strings.Cut(rest, "\r\n")
		if !found || line == "" || line[0] != kind {
			return 0, errNoRESP
		}
		rest = after
		return strconv.ParseInt(line[1:], 10, 64)
	}
	next, err := number(':')
	var commands []command
	for err == nil && rest != "" {
		var count, size int64
		count, err = number('*')
		words := []string{}
		for ; err == nil && count > 0; count-- {
			if size, err = number('$'); err != nil {
				break
			}
			if size < 0 || size > int64(len(rest))-2 {
				return nil, errNoRESP
			}
			words, rest = append(words, rest[:size]), rest[size+2:]
		}
		commands = append(commands, command{next, words})
		next++
	}
	if err != nil {
		return nil, err
	}
	return commands, nil
}

// A reply in RESP of version 2, of what go-redis makes of one of either version. An error is a server's.
func replyOf(value interface{}) string {
	var b strings.Builder
	writeReply(&b, value)
	return b.String()
}

func writeReply(b *strings.Builder, value interface{}) {
	switch v := value.(type) {
	case nil:
		b.WriteString("$-1\r\n")
	case int64:
		fmt.Fprintf(b, ":%d\r\n", v)
	case bool:
		if v {
			b.WriteString(":1\r\n")
		} else {
			b.WriteString(":0\r\n")
		}
	case error:
		fmt.Fprintf(b, "-%s\r\n", strings.Join(strings.Fields(v.Error()), " "))
	case []interface{}:
		fmt.Fprintf(b, "*%d\r\n", len(v))
		for _, one := range v {
			writeReply(b, one)
		}
	case map[interface{}]interface{}:
		fmt.Fprintf(b, "*%d\r\n", 2*len(v))
		for key, one := range v {
			writeReply(b, key)
			writeReply(b, one)
		}
	default: // a string; a double, or a big number, by its text
		text := fmt.Sprint(v)
		fmt.Fprintf(b, "$%d\r\n%s\r\n", len(text), text)
	}
}
