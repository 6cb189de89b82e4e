# SPDX-License-Identifier: Apache-2.0
class Service(_Closing):
    """The path is limiter by client, balancer, the server's breaker, cache by key, read replicas.
    Service(servers="a=5, b", limiter={"rate": "100/s"}, cache={"ttl_ms": "30s"}): a layer is in the path
    when one of its options is given. read() and write() take a request all the way; of their parts, begin()
    says that the answer is at hand, or why there will be none, or gives a ticket for a call to make, and
    end() says how it went. Safe from every thread."""

    @property
    def codec(self) -> Codec:
        """The codec it was given."""

    @property
    def _waiting(self) -> dict[bytes, list[Any]]:
        """What to call once a read or write of a key has ended."""

    def read(
        self, client: Key, key: Key, call: Callable[[int, int], Any], ttl: Duration | None = None
    ) -> Any: ...
    def write(self, client: Key, key: Key, call: Callable[[int, int], R]) -> R: ...
    def begin(
        self, client: Key = b"", key: Key = b"", write: bool = False, *, now_ns: int | None = None
    ) -> Lookup:
        """A Lookup: a ticket for the call to make on server() and node(); or the value; or the Status that says why
        there is none, and for how long."""

    def end(
        self,
        ticket: int,
        success: bool = True,
        value: Any = None,
        absent: bool = False,
        latency: Duration | None = None,
        ttl: Duration | None = None,
        *,
        now_ns: int | None = None,
    ) -> bool:
        """The call has ended. value is what to cache; absent=True caches that the key does not exist. False, and nothing
        recorded, when the ticket was settled before."""

    def _end(
        self,
        ticket: int,
        success: bool = True,
        value: Any = None,
        absent: bool = False,
        latency: Duration | None = None,
        ttl: Duration | None = None,
        *,
        now_ns: int | None = None,
    ) -> bool:
        """end(), of read() and write()."""

    def _end_with(self, ticket: int, value: Any, ttl: Duration | None = None) -> Any:
        """end() of a success, and what a hit of the value would be."""

    def cancel(self, ticket: int, *, now_ns: int | None = None) -> bool:
        """The call was not made: all it held is given back."""

    def _cancel(self, ticket: int, *, now_ns: int | None = None) -> bool:
        """cancel(), of read() and write()."""
