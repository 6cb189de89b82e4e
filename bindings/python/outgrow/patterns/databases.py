# SPDX-License-Identifier: Apache-2.0
"""DatabaseWithReadReplicas and DatabaseSharding, over ReplicaRouter, ShardMap and Gather."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import outgrow
from outgrow.patterns._keys import routing_key, whole_number


class Executes(Protocol):
    """What the tutorial asks of a database, a replica, a shard."""

    def execute(self, query: Any, /) -> Any: ...


class DatabaseWithReadReplicas:
    """Writes go to the primary, reads to the replicas in turn; without replicas, to the primary. It may
    be shared by threads; `noun.set_healthy(1, False)` passes the first replica over."""

    def __init__(self, primary_db: Executes, read_replicas: Iterable[Executes]) -> None:
        self.primary = primary_db
        self.read_replicas = tuple(read_replicas)
        self.noun = outgrow.ReplicaRouter(replicas=len(self.read_replicas), seed=1)

    def write(self, query: Any) -> Any:
        """On the primary."""
        return self._run(self.noun.write(), query)

    def read(self, query: Any) -> Any:
        """On the next replica."""
        return self._run(self.noun.read(), query)

    def _run(self, node: int | None, query: Any) -> Any:
        if node is None:
            raise LookupError("no database is healthy")
        return (self.primary if node == 0 else self.read_replicas[node - 1]).execute(query)


class ShardQueryFailed(outgrow.OutgrowError):
    """Of cross_shard_query: `failures` are the shards' exceptions by their numbers, `rows` what the
    others answered."""

    def __init__(self, failures: dict[int, Exception], rows: list[Any]) -> None:
        super().__init__("; ".join(f"shard {shard}: {error}" for shard, error in failures.items()))
        self.failures = failures
        self.rows = rows


class DatabaseSharding:
    """Each key's data on one of the shards.

    Other than the tutorial's: a key has the same shard in every process and language, and n + 1 shards
    move one key in n + 1; 0 is a key, and a query without any is a ValueError; a cross-shard query of
    which a shard fails raises ShardQueryFailed, where the tutorial's is silent about rows it lacks.
    """

    def __init__(self, shards: Sequence[Executes]) -> None:
        self.shards = shards
        self.num_shards = len(shards)
        self.noun = outgrow.ShardMap(shards=self.num_shards)
        self._gather = outgrow.Gather(policy="all", deadline_ms=0)

    def get_shard_key(self, data: Mapping[str, Any]) -> Any:
        """The user_id, else the id; None without either."""
        user = data.get("user_id")
        return data.get("id") if user is None else user

    def get_shard(self, shard_key: Hashable) -> Executes:
        """The shard that holds the key."""
        if shard_key is None:
            raise ValueError("no shard key: neither user_id nor id")
        number = whole_number(shard_key)
        return self.shards[self.noun.of(routing_key(shard_key) if number is None else number)]

    def query(self, query_data: Mapping[str, Any]) -> Any:
        """query_data["query"] on the shard of its key."""
        return self.get_shard(self.get_shard_key(query_data)).execute(query_data["query"])

    def cross_shard_query(self, query: Any) -> list[Any]:
        """The rows of all shards, one after the other."""
        rows: list[Any] = []
        failures: dict[int, Exception] = {}
        asked = self._gather.start(self.num_shards)
        for number, shard in enumerate(self.shards):
            try:
                answer = list(shard.execute(query))
            except Exception as error:
                failures[number] = error
                asked.fail(number, message=type(error).__name__)
            else:
                rows += answer
                asked.done(number)
        if asked.state() is outgrow.QueryState.FAILED:
            raise ShardQueryFailed(failures, rows)
        return rows
