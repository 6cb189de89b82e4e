# SPDX-License-Identifier: Apache-2.0
"""fleet_worker.py LIBRARY SEGMENT PORT: a worker of the release that LIBRARY is of, on the machine whose segment that
is, for fleet_test.py. It has the limiter "calls" of the fleet "shop", and a driver for the server on that port. It
says "ready", and answers each line on its standard input with one of JSON until that ends."""

import ctypes
import json
import pathlib
import socket
import sys
import threading
import time

from library import Library
from resp import reply_in

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "conformance"))
from fleet import commands  # noqa: E402

# A call waits for the server as long as it takes; nothing that it grants ends meanwhile.
FLEET = {"timeout_ms": "10s"}
LIMITER = {"rate": "1/h", "burst": "100", "keys": "16", "slice": "1", "lease_ms": "10s"}
WAIT = 100_000_000  # ns
AGAIN = 10**9  # ns: a wait below it is for an answer of the server's


class Worker:
    def __init__(self, library, segment, port):
        self.library = library = Library(library)
        host = library.made("og_scope_create_host", segment.encode(), None)
        self.fleet = library.made("og_fleet_create_in", host, b"shop", library.config(FLEET), None)
        scope = library.made("og_fleet_scope", self.fleet)
        self.limiter = library.made(
            "og_limiter_create_in", scope, b"calls", library.config(LIMITER), None
        )
        server = socket.create_connection(("127.0.0.1", int(port)))
        threading.Thread(target=self.drive, args=(server,), daemon=True).start()

    def text(self, name):
        made = self.library.made(name, self.fleet)
        data = self.library.dll.og_text_data
        data.restype = ctypes.c_char_p
        copy = data(made)
        self.library.call("og_text_destroy", ctypes.byref(made))
        return copy

    def drive(self, server):
        stream = server.makefile("rb")
        while True:
            self.library.call("og_fleet_wait_due", self.fleet, WAIT)
            text = self.text("og_fleet_take")
            server.sendall(text.partition(b"\r\n")[2])
            for number, _ in commands(text.decode()):
                reply = reply_in(stream)
                self.library.done("og_fleet_reply", self.fleet, number, reply, len(reply))

    def spend(self, count):
        """Takes so many tokens, or until there are no more: how many."""
        taken = 0
        while taken < count:
            wait = self.library.call("og_limiter_acquire", self.limiter, b"alice", 5, 1)
            if wait < 0:
                raise SystemExit(f"refused with {wait}")
            if wait >= AGAIN:
                break
            taken += wait == 0
            time.sleep(wait / 1e9)
        return taken

    def status(self):
        return json.loads(self.text("og_fleet_status"))


def main():
    worker = Worker(*sys.argv[1:])
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        what, *given = json.loads(line)
        print(json.dumps(getattr(worker, what)(*given)), flush=True)


main()
