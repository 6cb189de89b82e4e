// SPDX-License-Identifier: Apache-2.0

package outgrowhttp

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// statusWriter sees the status that a handler answers with: the first, which Write, Flush and ReadFrom send
// as 200 where nothing was said before.
type statusWriter struct {
	http.ResponseWriter
	status int // 0 until sent
}

func (w *statusWriter) sent(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *statusWriter) WriteHeader(status int) {
	if status >= http.StatusOK {
		w.sent(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.sent(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type flusher struct{ w *statusWriter }

func (f flusher) Flush() {
	f.w.sent(http.StatusOK)
	f.w.ResponseWriter.(http.Flusher).Flush()
}

type hijacker struct{ w *statusWriter }

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.w.ResponseWriter.(http.Hijacker).Hijack()
}

// Sends files without a copy.
type readerFrom struct{ w *statusWriter }

func (r readerFrom) ReadFrom(from io.Reader) (int64, error) {
	r.w.sent(http.StatusOK)
	return r.w.ResponseWriter.(io.ReaderFrom).ReadFrom(from)
}

// asCapable is the writer with the optional methods that the one below has, and no others: handlers ask by
// type assertion, and do otherwise where the answer is no.
func (w *statusWriter) asCapable() http.ResponseWriter {
	_, f := w.ResponseWriter.(http.Flusher)
	_, h := w.ResponseWriter.(http.Hijacker)
	_, r := w.ResponseWriter.(io.ReaderFrom)
	switch {
	case f && h && r:
		return struct {
			*statusWriter
			flusher
			hijacker
			readerFrom
		}{w, flusher{w}, hijacker{w}, readerFrom{w}}
	case f && h:
		return struct {
			*statusWriter
			flusher
			hijacker
		}{w, flusher{w}, hijacker{w}}
	case f && r:
		return struct {
			*statusWriter
			flusher
			readerFrom
		}{w, flusher{w}, readerFrom{w}}
	case h && r:
		return struct {
			*statusWriter
			hijacker
			readerFrom
		}{w, hijacker{w}, readerFrom{w}}
	case f:
		return struct {
			*statusWriter
			flusher
		}{w, flusher{w}}
	case h:
		return struct {
			*statusWriter
			hijacker
		}{w, hijacker{w}}
	case r:
		return struct {
			*statusWriter
			readerFrom
		}{w, readerFrom{w}}
	}
	return w
}
