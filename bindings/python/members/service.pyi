# SPDX-License-Identifier: Apache-2.0
class Service(_Closing):
    """The path is limiter by client, balancer, the server's breaker, cache by key, read replicas.
    Service(servers="a=5, b", limiter={"rate": "100/s"}, cache={"ttl_ms": "30s"}): a layer is in the path
    when one of its options is given. read() and write() take a request all the way; of their parts, begin()
    says that the answer is at hand, or why there will be none, or gives a ticket for a call to make, and
    end() says how it went. Safe from every thread."""

    def read(
        self, client: Key, key: Key, call: Callable[[int, int], Any], ttl: Duration | None = None
    ) -> Any: ...
    def write(self, client: Key, key: Key, call: Callable[[int, int], R]) -> R: ...
    def _end_with(self, ticket: int, value: Any, ttl: Duration | None = None) -> Any:
        """end() of a success, and what a hit of the value would be."""
