# SPDX-License-Identifier: Apache-2.0
class Balancer(_Closing):
    """Balancer(endpoints, policy="least_connections"); policies: round_robin, weighted_round_robin,
    least_connections, consistent_hash. Several may share the endpoints. Safe from every thread."""
