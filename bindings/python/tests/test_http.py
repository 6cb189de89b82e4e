# SPDX-License-Identifier: Apache-2.0
"""HttpLimit: its fields as an independent parser of structured fields (RFC 9651) reads them."""

import json
import random

import http_sf
import pytest

import outgrow
from outgrow import HttpLimit, HttpProblem, RateLimiter

SECOND = 1_000_000_000


def parsed(http, key, wait_ns=0, partition=b""):
    headers = http.headers(key, wait_ns, partition)
    lists = {
        name: http_sf.parse(value.encode(), tltype="list")
        for name, value in headers.items()
        if name.startswith("RateLimit")
    }
    for items in lists.values():
        assert len(items) == 1
    return {name: items[0] for name, items in lists.items()}, headers


def test_the_fields_of_draft_10_are_lists_of_strings():
    clock = outgrow.Clock.manual()
    limiter = RateLimiter("5/min", clock=clock)
    http = HttpLimit(limiter, policy="login", unit="content-bytes")
    assert limiter.try_acquire("k", 5)
    fields, headers = parsed(http, "k", limiter.try_acquire_ns("k"), b"\x00\xffkey")
    name, said = fields["RateLimit"]
    assert (name, said) == ("login", {"r": 0, "t": 12, "pk": b"\x00\xffkey"})
    name, said = fields["RateLimit-Policy"]
    assert (name, said) == ("login", {"q": 5, "qu": "content-bytes", "w": 60, "pk": b"\x00\xffkey"})
    assert headers["Retry-After"] == "12"


@pytest.mark.parametrize("seed", range(20))
def test_any_name_and_key_come_back_as_they_were(seed):
    chance = random.Random(seed)
    name = "".join(chr(chance.randint(0x20, 0x7E)) for _ in range(chance.randint(1, 90)))
    unit = "".join(chance.choice('a"\\ ') for _ in range(chance.randint(1, 9)))
    partition = chance.randbytes(chance.randint(1, 70))
    clock = outgrow.Clock.manual()
    count, period = chance.randint(1, 1000), chance.randint(1, 100_000)
    limiter = RateLimiter(f"{count}/{period}ms", burst=chance.randint(0, 2000), clock=clock)
    http = HttpLimit(limiter, policy=name, unit=unit)
    for _ in range(50):
        clock.advance(chance.randint(0, 2 * period) / 1000)
        wait = limiter.try_acquire_ns("k", chance.randint(1, limiter.rate_burst))
        fields, headers = parsed(http, "k", wait, partition)
        standing = limiter.standing("k")
        called, said = fields["RateLimit"]
        assert called == name and said["pk"] == partition and said["r"] == standing.remaining
        seconds = -(-standing.next_after_ns // SECOND)
        assert said.get("t", 0) == seconds
        called, said = fields["RateLimit-Policy"]
        assert called == name and said["qu"] == unit and said["pk"] == partition
        assert said["w"] == max(1, -(-period // 1000))
        assert said["q"] == count * said["w"] * 1000 // period
        assert said.get("outgrow-burst", count) == limiter.rate_burst
        if wait:
            retry = int(headers["Retry-After"])
            assert (
                retry >= 1
                and retry >= seconds
                and (retry - 1) * SECOND < max(wait, standing.next_after_ns)
            )
        else:
            assert "Retry-After" not in headers


def test_the_fields_of_draft_7_are_a_dictionary_and_a_list():
    limiter = RateLimiter("2/s", burst=4, clock=outgrow.Clock.manual())
    http = HttpLimit(limiter, fields="draft7")
    headers = http.headers("k")
    assert http_sf.parse(headers["RateLimit"].encode(), tltype="dictionary") == {
        "limit": (4, {}), "remaining": (4, {}), "reset": (0, {}),
    }  # fmt: skip
    assert http_sf.parse(headers["RateLimit-Policy"].encode(), tltype="list") == [
        (2, {"w": 1, "burst": 4})
    ]


def test_the_problem_is_json():
    limiter = RateLimiter("1/s", name="login")
    body = json.loads(HttpLimit(limiter, policy='a"b').problem(1.5, HttpProblem.QUOTA_EXCEEDED))
    assert body == {
        "type": "https://iana.org/assignments/http-problem-types#quota-exceeded",
        "title": "Quota Exceeded",
        "status": 429,
        "detail": "over the rate limit 'login'; try again in 1.5 s",
        "violated-policies": ['a"b'],
    }


def test_what_is_wrong_is_named():
    limiter = RateLimiter("1/s")
    with pytest.raises(outgrow.BadValue, match="10.1.2.3/8"):
        HttpLimit(limiter, trusted="10.1.2.3/8")
    with pytest.raises(outgrow.BadValue, match="policy"):
        HttpLimit(limiter, policy="café")
    with pytest.raises(ValueError):
        HttpLimit(limiter).headers("k", -1)
