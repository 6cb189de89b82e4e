// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const secret = "correct-horse-battery"

// The server's program, or "".
func program() string {
	name := os.Getenv("OUTGROW_SERVER")
	if name == "" {
		name = "redis-server"
	}
	path, _ := exec.LookPath(name)
	return path
}

// A server of a test's own: in a folder of its own, on a free port of the loopback and on a Unix socket.
type server struct {
	t         *testing.T
	port      int
	folder    string
	socket    string
	arguments []string
	process   *exec.Cmd
	admin     *redis.Client
}

func newServer(t *testing.T, settings ...string) *server {
	t.Helper()
	if program() == "" {
		t.Skip("no redis-server")
	}
	folder, err := os.MkdirTemp("", "outgrow-") // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, folder: folder, socket: filepath.Join(folder, "socket"), port: freePort(t)}
	s.arguments = append([]string{"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--unixsocket", s.socket, "--dir", folder, "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"}, settings...)
	o := &redis.Options{Network: "unix", Addr: s.socket}
	for i, setting := range settings {
		if setting == "--requirepass" {
			o.Password = settings[i+1]
		}
	}
	s.admin = redis.NewClient(o)
	t.Cleanup(func() {
		s.admin.Close()
		s.kill()
		os.RemoveAll(folder)
	})
	s.start()
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Also after kill: the same server, with nothing in it.
func (s *server) start() {
	s.t.Helper()
	s.process = exec.Command(program(), s.arguments...)
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	within(s.t, 15*time.Second, "a server that answers", func() bool { return s.admin.Ping(context.Background()).Err() == nil })
}

func (s *server) kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

func (s *server) pause()  { _ = s.process.Process.Signal(syscall.SIGSTOP) }
func (s *server) resume() { _ = s.process.Process.Signal(syscall.SIGCONT) }

func (s *server) address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

func (s *server) ask(words ...interface{}) interface{} {
	s.t.Helper()
	value, err := s.admin.Do(context.Background(), words...).Result()
	if err != nil {
		s.t.Fatal(words, err)
	}
	return value
}

// A line of INFO.
func (s *server) info(section, name string) string {
	s.t.Helper()
	_, rest, _ := strings.Cut(fmt.Sprint(s.ask("INFO", section)), "\r\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// How many were ever made to it.
func (s *server) connections() string { return s.info("stats", "total_connections_received") }

func (s *server) set(option string, value interface{}) { s.ask("CONFIG", "SET", option, value) }

func within(t *testing.T, limit time.Duration, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not %s within %v", what, limit)
		}
	}
}

func TestMain(m *testing.M) {
	if os.Getenv("OUTGROW_HELPER") != "" {
		helper()
	}
	redis.SetLogger(silent{}) // of every dial that fails
	code := m.Run()
	if program() == "" {
		fmt.Println("SKIPPED: no redis-server")
	}
	os.Exit(code)
}

type silent struct{}

func (silent) Printf(context.Context, string, ...interface{}) {}
