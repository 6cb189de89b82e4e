// SPDX-License-Identifier: Apache-2.0

package outgrowredis

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Two servers that share a cluster's slots.
func newCluster(t *testing.T) (first, second *server) {
	var nodes []*server
	for i := 0; i < 2; i++ {
		s := newServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "500")
		s.ask("CLUSTER", "ADDSLOTSRANGE", i*8192, i*8192+8191)
		s.ask("CLUSTER", "SET-CONFIG-EPOCH", i+1)
		nodes = append(nodes, s)
	}
	nodes[1].ask("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
	within(t, 20*time.Second, "one cluster", func() bool {
		for _, s := range nodes {
			info := fmt.Sprint(s.ask("CLUSTER", "INFO"))
			if !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:2") {
				return false
			}
		}
		return true
	})
	for _, s := range nodes { // a busy machine does not take it down
		s.set("cluster-node-timeout", 30000)
	}
	return nodes[0], nodes[1]
}

// Commands go to their keys' servers, also while a slot moves.
func TestCluster(t *testing.T) {
	t.Parallel()
	first, second := newCluster(t)
	const slot = 12182 // of foo: the second's; bar is the first's
	fleet := pumped(t, redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{first.address()}, ReadOnly: true}), 0)
	adds := []string{"EVAL|" + add + "|1|bar|1", "EVAL|" + add + "|1|foo|1", "EVAL|" + add + "|1|bar|1"}
	count := int64(0)
	carried := func(when string) {
		t.Helper()
		count++
		want := []interface{}{2*count - 1, count, 2 * count}
		if got, why := fleet.all(adds...); !reflect.DeepEqual(got, want) {
			t.Fatal(when, got, why)
		}
	}
	if info := fmt.Sprint(fleet.one("INFO")); !strings.Contains(info, "role:master") {
		t.Fatal(info)
	}
	carried("at first")
	first.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", second.ask("CLUSTER", "MYID"))
	second.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", first.ask("CLUSTER", "MYID"))
	second.ask("MIGRATE", "127.0.0.1", first.port, "foo", 0, 5000)
	carried("ASK")
	for _, s := range []*server{first, second} {
		s.ask("CLUSTER", "SETSLOT", slot, "NODE", first.ask("CLUSTER", "MYID"))
	}
	carried("MOVED")
	carried("later")
	if why := fleet.failures(); len(why) > 0 {
		t.Error(why)
	}

	// One that is silent does not hold up the other's replies.
	second.pause()
	numbers := fleet.give("EVAL|"+add+"|1|bar|1", "EVAL|"+add+"|1|{b}|1") // {b}: slot 3300; {d}: 11298
	silent := fleet.give("EVAL|" + add + "|1|{d}|1")
	if !fleet.until(5*time.Second, func() bool { return len(fleet.why) > 0 }) || fleet.failures()[0] != "timeout" {
		t.Error(fleet.failures())
	}
	second.resume()
	for _, number := range numbers {
		if fleet.replies[number] == nil {
			t.Error("no reply of the server that answers")
		}
	}
	if fleet.replies[silent[0]] != nil {
		t.Error("a reply of the server that is silent")
	}
	within(t, 10*time.Second, "back", func() bool { return fleet.one("EVAL|"+add+"|1|{d}|0") == int64(1) }) // done once
}

// Who is no client of a cluster is told that it is one, and nothing of its addresses.
func TestRedirectedClient(t *testing.T) {
	t.Parallel()
	first, _ := newCluster(t)
	fleet := pumped(t, redis.NewClient(&redis.Options{Addr: first.address()}), 0)
	if got := fleet.one("EVAL|" + add + "|1|foo|1"); got != said("MOVED") {
		t.Error(got)
	}
}

// After a failover it is the new primary that is asked.
func TestSentinel(t *testing.T) {
	t.Parallel()
	old, next := newServer(t), newServer(t)
	next.ask("REPLICAOF", "127.0.0.1", old.port)
	within(t, 20*time.Second, "replicating", func() bool {
		return strings.Contains(fmt.Sprint(next.ask("INFO", "replication")), "master_link_status:up")
	})
	settings := filepath.Join(next.folder, "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor fleet 127.0.0.1 %d 1\nsentinel down-after-milliseconds fleet 500\n", old.port)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sentinel := newServer(t)
	sentinel.kill()
	sentinel.arguments = []string{settings, "--port", strconv.Itoa(sentinel.port), "--bind", "127.0.0.1",
		"--unixsocket", sentinel.socket, "--dir", sentinel.folder, "--sentinel"}
	sentinel.start()

	fleet := pumped(t, redis.NewFailoverClient(&redis.FailoverOptions{MasterName: "fleet", SentinelAddrs: []string{sentinel.address()}}), 0)
	if got := fleet.one("EVAL|" + add + "|1|k|1"); got != int64(1) {
		t.Fatal(got)
	}
	within(t, 20*time.Second, "a replica that Sentinel knows", func() bool {
		replicas, _ := sentinel.ask("SENTINEL", "REPLICAS", "fleet").([]interface{})
		return len(replicas) == 1
	})
	within(t, 20*time.Second, "replicated", func() bool { return next.ask("EXISTS", "k") == int64(1) })
	old.kill()
	within(t, 30*time.Second, "asked of the new primary", func() bool {
		count, _ := fleet.one("EVAL|" + add + "|1|k|1").(int64)
		return count >= 2
	})
}

// TLS is as the client has it: with a certificate that it trusts, and with one that it does not.
func TestTLS(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"crt": {Type: "CERTIFICATE", Bytes: certificate}, "key": {Type: "EC PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	newServer(t, "--tls-port", strconv.Itoa(port), "--tls-auth-clients", "no", "--tls-cert-file", filepath.Join(folder, "crt"),
		"--tls-key-file", filepath.Join(folder, "key"), "--tls-ca-cert-file", filepath.Join(folder, "crt"))
	trusted := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	trusted.AddCert(parsed)
	for _, roots := range []*x509.CertPool{trusted, x509.NewCertPool()} {
		fleet := pumped(t, redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", port), TLSConfig: &tls.Config{RootCAs: roots}}), 0)
		got := fmt.Sprint(fleet.one("EVAL|return 1|1|k"))
		if want := map[bool]string{true: "1", false: "failed: x509.UnknownAuthorityError"}[roots == trusted]; got != want {
			t.Errorf("%s instead of %s", got, want)
		}
	}
}

// All slots at one server, which need be no cluster's: as a program may say, and as go-redis has Sentinel's.
func slotsAt(address string) func(context.Context) ([]redis.ClusterSlot, error) {
	return func(context.Context) ([]redis.ClusterSlot, error) {
		return []redis.ClusterSlot{{Start: 0, End: 16383, Nodes: []redis.ClusterNode{{Addr: address}}}}, nil
	}
}
