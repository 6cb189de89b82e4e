# SPDX-License-Identifier: Apache-2.0
class Gather(_Closing):
    """Gather(policy="quorum", deadline_ms=200).start(shards) gives a Query: hand in what each shard answers, then
    iterate over it. The rows are merged, and the shards that failed named. Safe from every thread."""
