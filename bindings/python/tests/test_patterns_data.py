# SPDX-License-Identifier: Apache-2.0
"""The tutorial's caches, databases and services, by its own usage of them."""

import asyncio
from types import SimpleNamespace

import pytest
from outgrow import Cache, Clock, patterns


class Database:
    def __init__(self, **rows):
        self.rows = dict(rows)
        self.reads = 0

    def get(self, key):
        self.reads += 1
        return self.rows.get(key)

    def set(self, key, value):
        self.rows[key] = value


def pickled():
    return Cache(codec="pickle", clock=Clock.manual())


def test_cache_aside():
    database = Database(a={"n": 1}, zero=0)
    cached = patterns.CacheAsidePattern(pickled(), database)
    assert cached.get("a") == {"n": 1} and cached.get("a") == {"n": 1} and database.reads == 1
    assert cached.get("zero") == 0 and cached.get("zero") == 0 and database.reads == 2
    assert cached.get("none") is None
    cached.set("a", {"n": 2})
    assert cached.cache.get("a") is None and cached.get("a") == {"n": 2}


def test_cache_aside_caches_nothing_that_a_write_has_replaced():
    database = Database(a=1)
    cached = patterns.CacheAsidePattern(pickled(), database)
    read = database.get

    def slow(key):
        value = read(key)
        cached.set(key, 2)  # while the read is under way
        return value

    database.get = slow
    assert cached.get("a") == 1
    database.get = read
    assert cached.get("a") == 2  # the tutorial's has 1 for an hour


def test_write_through():
    database = Database()
    cached = patterns.WriteThroughCache(pickled(), database)
    cached.set("a", [1])
    assert database.rows == {"a": [1]} and cached.get("a") == [1] and database.reads == 0
    cached.cache.delete("a")
    assert cached.get("a") == [1]


def test_write_through_forgets_what_failed():
    database = Database()
    cached = patterns.WriteThroughCache(pickled(), database)
    cached.set("a", 1)

    def fails(key, value):
        raise OSError("full")

    database.set = fails
    with pytest.raises(OSError):
        cached.set("a", 2)
    assert cached.get("a") == 1 and database.reads == 1


class Batches:
    def __init__(self, failures=0):
        self.written = []
        self.failures = failures

    async def batch_write(self, batch):
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        self.written.append([(write["key"], write["value"]) for write in batch])


def test_write_behind_writes_batches_in_order():
    async def run():
        clock = Clock.manual()
        database = Batches()
        cached = patterns.WriteBehindCache(
            pickled(), database, batch_size=3, flush_interval=5, clock=clock
        )
        for number in range(7):
            cached.set(f"k{number}", number * 10)
        cached.set("k0", "newer")
        assert cached.get("k3") == 30
        await cached.close()
        return database.written

    written = asyncio.run(run())
    assert all(len(batch) <= 3 for batch in written)
    assert dict(write for batch in written for write in batch) == {
        "k0": "newer",
        "k1": 10,
        "k2": 20,
        "k3": 30,
        "k4": 40,
        "k5": 50,
        "k6": 60,
    }


def test_write_behind_tries_again_what_failed():
    async def run():
        database = Batches(failures=1)
        cached = patterns.WriteBehindCache(pickled(), database, clock=Clock.manual())
        cached.set("a", 1)
        with pytest.raises(OSError):
            await cached.close()
        assert cached.get("a") == 1 and database.written == []
        await cached.close()
        return database.written

    assert asyncio.run(run()) == [[("a", 1)]]


class Answers:
    def __init__(self, name, fails=False):
        self.name, self.fails = name, fails

    def execute(self, query):
        if self.fails:
            raise OSError(f"{self.name} is down")
        return [f"{query} on {self.name}"]


def test_reads_go_round_the_replicas():
    database = patterns.DatabaseWithReadReplicas(Answers("primary"), [Answers("r1"), Answers("r2")])
    assert [database.read("q")[0] for _ in range(4)] == ["q on r1", "q on r2", "q on r1", "q on r2"]
    assert database.write("w") == ["w on primary"]
    database.noun.set_healthy(1, False)
    assert {database.read("q")[0] for _ in range(4)} == {"q on r2"}


def test_shards_by_a_stable_hash():
    shards = [Answers(f"s{i}") for i in range(7)]
    database = patterns.DatabaseSharding(shards)
    # tests/vectors/shards/hash.json, 7 shards: of python-xxhash and the paper's code
    assert [shards.index(database.get_shard(key)) for key in ("a", "abc", "user:1", 0, -1, 42)] == [
        1,
        2,
        1,
        0,
        2,
        5,
    ]
    assert database.query({"user_id": 0, "query": "q"}) == ["q on s0"]  # 0 is a key
    assert database.query({"id": "abc", "query": "q"}) == ["q on s2"]
    with pytest.raises(ValueError, match="no shard key"):
        database.query({"query": "q"})


def test_a_shard_that_fails_is_said():
    whole = patterns.DatabaseSharding([Answers("s0"), Answers("s1")])
    assert whole.cross_shard_query("q") == ["q on s0", "q on s1"]
    broken = patterns.DatabaseSharding([Answers("s0"), Answers("s1", fails=True)])
    with pytest.raises(patterns.ShardQueryFailed, match="shard 1: s1 is down") as failed:
        broken.cross_shard_query("q")
    assert failed.value.rows == ["q on s0"] and set(failed.value.failures) == {1}


def test_scaling_patterns_handles_a_request():
    cluster = SimpleNamespace(
        get_read_replica=lambda: Answers("replica"), get_primary=lambda: Answers("primary")
    )
    path = patterns.ScalingPatterns(database_cluster=cluster, clock=Clock.manual())
    read = SimpleNamespace(cache_key="k", type="read", query="select")
    write = SimpleNamespace(cache_key="k", type="write", query="update")
    assert path.handle_request(read) == ["select on replica"]
    assert path.cache_layer.get("k") == ["select on replica"]
    assert path.handle_request(write) == ["update on primary"]
    assert path.cache_layer.get("k") is None


def test_a_stateless_service():
    class Users:
        def __init__(self):
            self.users = {1: {"visits": 0}}

        def get_user(self, user_id):
            return self.users[user_id]

        def update_user(self, user_id, state):
            self.users[user_id] = state

    class Visits(patterns.StatelessService):
        def business_logic(self, request, user):
            state = {"visits": user["visits"] + 1}
            return SimpleNamespace(state_changed=True, new_state=state, response=state["visits"])

    service = Visits(pickled(), Users())
    request = SimpleNamespace(user_id=1)
    assert [service.process_request(request) for _ in range(3)] == [1, 2, 3]
