# SPDX-License-Identifier: Apache-2.0
"""A redis-server or valkey-server of a test's own: in a folder of its own, on a free port of the loopback and on a
Unix socket. It ends by its process id, and with the thread that started it."""

import contextlib
import ctypes
import importlib.util
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNPACKED = ROOT / "build/tools/valkey/usr/bin/valkey-server"  # by ./dev
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def programs():
    """The servers that this machine has, by name."""
    valkey = shutil.which("valkey-server") or (str(UNPACKED) if UNPACKED.exists() else None)
    found = {"redis": shutil.which("redis-server"), "valkey": valkey}
    return {name: path for name, path in found.items() if path}


def run(tests):
    """The command line of a file of tests, SERVER [NAME...]: calls each test_NAME with the server's program. Ends as
    skipped where the machine has no such server, or no client in Python."""
    server, *names = sys.argv[1:]
    if importlib.util.find_spec("redis") is None:
        skip("redis is not installed beside Python's binding")
    if server not in programs():
        skip(f"no {server}-server")
    for test, function in list(tests.items()):
        if test.startswith("test_") and (not names or test[len("test_") :] in names):
            began = time.monotonic()
            function(programs()[server])
            print(f"{test}: {time.monotonic() - began:.1f} s", flush=True)
    print("ok")


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(seconds, happened, what):
    end = time.monotonic() + seconds
    while not (result := happened()):
        assert time.monotonic() < end, f"not {what} in {seconds} s"
        time.sleep(0.01)
    return result


class Server:
    """Runs from the beginning to the end of a with block."""

    def __init__(self, program, *settings, password=None):
        self.program, self.password = program, password
        self.settings = list(map(str, settings))
        if password:
            self.settings += ["--requirepass", password, "--masterauth", password]

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="outgrow-fleet-"))
        self.socket = self.folder / "socket"
        for _ in range(5):  # another may take the port meanwhile
            self.port = free_port()
            self.start()
            if self.answers(15):
                return self
            self.kill()
        raise AssertionError((self.folder / "log").read_text())

    def start(self):
        """Also after kill(): the same server, on the same port, with nothing in it."""
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
                + ["--appendonly", "no", "--unixsocket", self.socket, "--dir", self.folder]
                + ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]
                + self.settings,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            )

    def answers(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(Exception):
                if self.ask("PING") in (b"PONG", True):
                    return True
            time.sleep(0.02)
        return False

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def client(self, port=None, **settings):
        """redis-py's, by TCP; `port` of a proxy before it."""
        import redis

        return redis.Redis("127.0.0.1", port or self.port, password=self.password, **settings)

    def ask(self, *words):
        with contextlib.closing(self.client(socket_timeout=10)) as client:
            return client.execute_command(*words)

    def set(self, option, value):
        self.ask("CONFIG", "SET", option, value)

    def follow(self, primary):
        """Becomes its replica; returns when it has all of its data."""
        self.ask("REPLICAOF", "127.0.0.1", primary.port)
        until(20, lambda: self.ask("INFO")["master_link_status"] == "up", "replicating")

    def promote(self):
        self.ask("REPLICAOF", "NO", "ONE")


@contextlib.contextmanager
def cluster(program, count):
    """`count` servers that share the slots of a cluster evenly."""
    quick = ("--cluster-node-timeout", "500")  # which all its pauses hang on
    with contextlib.ExitStack() as stack:
        nodes = [
            stack.enter_context(Server(program, "--cluster-enabled", "yes", *quick))
            for _ in range(count)
        ]
        for number, node in enumerate(nodes):
            first, end = (16384 * at // count for at in (number, number + 1))
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in nodes[1:]:
            node.ask("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)

        def is_one():
            told = [node.ask("CLUSTER", "INFO").decode() for node in nodes]
            wanted = ("cluster_state:ok", f"cluster_known_nodes:{count}")
            return all(line in info for info in told for line in wanted)

        until(20, is_one, "one cluster")
        yield nodes
