# SPDX-License-Identifier: Apache-2.0
"""What is reserved of a rate limiter, as Python's users settle it."""

import outgrow
import pytest


def made(**options):
    clock = outgrow.Clock.manual()
    return clock, outgrow.RateLimiter("10/10s", reservations=4, clock=clock, **options)


def left(limiter, key="k"):
    return limiter.standing(key).remaining


def test_a_block_settles_what_was_used():
    _, limiter = made()
    with limiter.reserve("k", 6) as reserved:
        assert left(limiter) == 4
        assert reserved.settle(2)
        assert not reserved.settle(9)  # once
    assert left(limiter) == 8


def test_a_block_that_does_not_settle_cancels():
    _, limiter = made()
    with pytest.raises(KeyError):
        with limiter.reserve("k", 6):
            raise KeyError("k")
    assert left(limiter) == 10
    with limiter.reserve("k", amount=6) as reserved:
        pass
    assert left(limiter) == 10
    assert not reserved.cancel()


def test_a_late_settlement_is_charged():
    clock, limiter = made(max_debt=10)
    reserved = limiter.reserve("k", 6, within=2)
    clock.advance(3)
    assert not reserved.settle(7)
    assert left(limiter) == 3


def test_over_the_rate_it_is_limited():
    _, limiter = made()
    with limiter.reserve("k", 6):
        with pytest.raises(outgrow.RateLimited) as refused:
            limiter.reserve("k", 7)
        assert refused.value.retry_after == 3.0
        assert limiter.try_reserve("k", 7) is None
    with pytest.raises(outgrow.RateLimited) as refused:
        limiter.reserve("k", 11)
    assert refused.value.retry_after == float("inf")


def test_a_bad_cost_settles_nothing():
    _, limiter = made()
    with limiter.reserve("k", 6) as reserved:
        with pytest.raises(outgrow.InvalidArgument):
            reserved.settle(-1)
        assert left(limiter) == 4
        assert reserved.settle(1)
    with pytest.raises(outgrow.InvalidArgument):
        limiter.reserve("k", -1)
    with pytest.raises(outgrow.Unsupported):
        outgrow.RateLimiter("1/s").reserve("k", 1)


def test_numbers_of_them():
    _, limiter = made()
    number = limiter.try_reserve("k", 3)
    assert limiter.stats["reserved"] == 3 and limiter.stats["reservations"] == 1
    assert limiter.settle(number, 3) and not limiter.cancel(number)
    assert limiter.stats["settled"] == 1 and limiter.stats["lapsed"] == 1
