# SPDX-License-Identifier: Apache-2.0
class ReplicaRouter(_Closing):
    """Node 0 is the primary, 1 to replicas= the replicas. Writes go to the primary, reads to a healthy replica,
    with none healthy to the primary unless fall_back=False. Safe from every thread."""
