# SPDX-License-Identifier: Apache-2.0
class Assignment(NamedTuple):
    """Of Balancer.acquire and ReplicaRouter.acquire."""

    ticket: int
    """above 0, or Status.NONE or Status.FULL"""
    index: int
    """the endpoint or node, or Status.NONE"""

class Balancer(_Closing):
    """Balancer(endpoints, policy="least_connections"); policies: round_robin, weighted_round_robin,
    least_connections, consistent_hash. Several may share the endpoints. Safe from every thread."""

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        clock: Clock | None = None,
        **options: Unpack[BalancerOptions],
    ) -> None:
        """Makes it from its options, over endpoints that others may share.

        Args:
            endpoints: The Endpoints to choose among.
            clock: A Clock; None is the system's."""

    def pick_many(self, keys: Sequence[Key] | int) -> list[int | None]:
        """A pick for each key; or so many, when keys is a number."""
