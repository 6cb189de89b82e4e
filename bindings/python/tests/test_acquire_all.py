# SPDX-License-Identifier: Apache-2.0
"""Several limits as one decision: what is Python's own about it."""

import gc

import outgrow
import pytest
from outgrow import RateLimiter, require_all, try_acquire_all

HOUR_NS = 3600 * 10**9


def limits():
    clock = outgrow.Clock.manual()
    return RateLimiter("5/s", name="users", clock=clock), RateLimiter("2/h", clock=clock)


def test_all_are_taken_or_none():
    user, everyone = limits()
    for _ in range(2):
        said = try_acquire_all((user, "a"), everyone)
        assert said and said.wait_ns == 0 and said.which is None and said.retry_after == 0
    said = try_acquire_all((user, "a"), (everyone,))
    assert not said
    assert (said.wait_ns, said.which) == (HOUR_NS // 2, 1)
    assert said.retry_after == 1800
    assert repr(said) == f"AllAdmission(wait_ns={HOUR_NS // 2}, which=1)"
    assert user.standing("a").remaining == 3
    assert (user.stats["allowed"], user.stats["denied"]) == (2, 0)
    assert (everyone.stats["allowed"], everyone.stats["denied"]) == (2, 1)
    assert try_acquire_all((user, "a", 6)).retry_after == float("inf")
    assert try_acquire_all((user, "a"), everyone, now_ns=HOUR_NS)
    assert try_acquire_all()


def test_require_raises_what_the_limiter_says():
    user, everyone = limits()
    require_all((user, "a", 5), everyone)
    with pytest.raises(
        outgrow.RateLimited, match=r"^over the rate limit 'users'; try again in 0.2 s$"
    ) as error:
        require_all((everyone, b"", 1), (user, "a"))
    assert error.value.retry_after == 0.2


@pytest.mark.parametrize(
    ("parts", "error", "said"),
    [
        ([5], TypeError, "limiter must be a RateLimiter, not int"),
        ([("a", "b")], TypeError, "limiter must be a RateLimiter, not str"),
        ([(0, "a", 1, 1)], TypeError, "limiter must be a RateLimiter, not tuple"),
        ([()], TypeError, "limiter must be a RateLimiter, not tuple"),
        (["key"], TypeError, "key must be str, bytes or a buffer, not int"),
        (["cost"], outgrow.InvalidArgument, "cost must not be negative"),
        (["many"], outgrow.InvalidArgument, "parts: at most 64"),
    ],
)
def test_what_is_wrong_is_told(parts, error, said):
    user, _ = limits()
    wrong = {"key": [(user, 5)], "cost": [(user, "a", -1)], "many": [(user, "a")] * 65}
    if parts and isinstance(parts[0], str):
        parts = wrong[parts[0]]
    with pytest.raises(error, match=said):
        try_acquire_all(*parts)
    assert user.standing("a").remaining == 5


def test_a_closed_limiter_takes_nothing_of_the_others():
    user, everyone = limits()
    everyone.close()
    with pytest.raises(outgrow.ClosedError, match="RateLimiter is closed"):
        try_acquire_all((user, "a"), everyone)
    assert user.standing("a").remaining == 5


def test_a_limiter_that_a_key_closes_stays_for_the_call():
    user, everyone = limits()

    class Key(bytes):
        def __buffer__(self, flags):
            everyone.close()
            return super().__buffer__(flags)

    gc.collect()
    try:
        try_acquire_all((user, Key(b"a")), everyone)
    except outgrow.ClosedError:
        pass
