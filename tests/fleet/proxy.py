# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy on the loopback, before one server: stalls a direction, delays, cuts, and comes back."""

import contextlib
import socket
import threading
import time


class Proxy:
    """`up` is to the server, `down` from it."""

    def __init__(self, port):
        self._target = ("127.0.0.1", port)
        self._changed = threading.Condition()
        self._stalled, self._delay, self._is_cut = set(), 0.0, False
        self._sockets = set()

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.cut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def stall(self, *directions):
        """What is sent so goes no further, and is not lost: it goes on at mend()."""
        self._change(_stalled=set(directions))

    def delay(self, seconds):
        """Each way, from now on."""
        self._change(_delay=seconds)

    def cut(self):
        """Ends what is connected, and whoever connects."""
        self._change(_is_cut=True)
        with self._changed:
            sockets, self._sockets = self._sockets, set()
        for one in sockets:
            _shut(one)

    def point(self, port):
        """Whoever connects from now on is connected there."""
        self._target = ("127.0.0.1", port)

    def mend(self):
        self._change(_is_cut=False, _stalled=set(), _delay=0.0)

    def connections(self):
        with self._changed:
            return len(self._sockets) // 2

    def _change(self, **values):
        with self._changed:
            self.__dict__.update(values)
            self._changed.notify_all()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                client.close()
                continue
            try:
                server = socket.create_connection(self._target, 5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._changed:
                self._sockets |= {client, server}
            for ends in (("up", client, server), ("down", server, client)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, direction, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                time.sleep(self._delay)
                with self._changed:
                    self._changed.wait_for(lambda: direction not in self._stalled or self._is_cut)
                target.sendall(data)
        for one in (source, target):
            _shut(one)
        with self._changed:
            self._sockets -= {source, target}


def _shut(one):
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
