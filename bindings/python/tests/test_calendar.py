# SPDX-License-Identifier: Apache-2.0
"""Windows of a calendar, against Python's own zoneinfo: when the window of an instant ends."""

import datetime
import random
import zoneinfo

import outgrow
import pytest

NS = 10**9
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
UNITS = ["hour", "day", "week", "month", "year"]
LAST = 2**63 // NS - 1  # s: the last that ns can tell


def shown(zone, at):
    """What the zone's clocks show, as seconds since 1970 of theirs."""
    there = datetime.datetime.fromtimestamp(at, zone)
    return at + int(there.utcoffset().total_seconds())


def seconds(date):
    return (date - EPOCH) // datetime.timedelta(seconds=1)


def later(unit, date):
    """The beginning of the next window, as the clocks show it."""
    midnight = date.replace(hour=0, minute=0, second=0)
    if unit == "hour":
        return date.replace(minute=0, second=0) + datetime.timedelta(hours=1)
    if unit == "day":
        return midnight + datetime.timedelta(days=1)
    if unit == "week":
        return midnight + datetime.timedelta(days=7 - date.weekday())
    if unit == "month":
        return (midnight.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    return datetime.datetime(date.year + 1, 1, 1)


def first_shown(zone, date):
    """The first instant at which the clocks show that date or later."""
    at = int(date.replace(tzinfo=zone).timestamp())  # where it comes twice, the first
    if shown(zone, at) == seconds(date):
        return at
    no, yes = at - 30 * 3600, at + 30 * 3600  # it is left out: as the clocks go forward over it
    while yes - no > 1:
        middle = (no + yes) // 2
        if shown(zone, middle) >= seconds(date):
            yes = middle
        else:
            no = middle
    return yes


def window_end(zone, unit, at):
    date = EPOCH + datetime.timedelta(seconds=shown(zone, at))
    while True:
        date = later(unit, date)
        end = first_shown(zone, date)
        if end > at:  # else the clocks went back since
            return end, seconds(date)


def changes(zone, begin, end):
    """The instants in which the zone's clocks change, within a day of each other none."""
    found = []
    for day in range(begin, end, 86400):
        if shown(zone, day + 86400) - shown(zone, day) == 86400:
            continue
        no, yes = day, day + 86400
        while yes - no > 1:
            middle = (no + yes) // 2
            if shown(zone, middle) - middle == shown(zone, no) - no:
                no = middle
            else:
                yes = middle
        found.append(yes)
    return found


def instants(zone, rng):
    for _ in range(25):
        yield rng.randrange(3600, 130 * 31_556_952)
    for _ in range(10):
        yield rng.randrange(130 * 31_556_952, LAST - 400 * 86400)  # by the rule of the far future
    known = changes(zone, 0, 70 * 31_556_952)
    for change in rng.sample(known, min(len(known), 12)):
        for near in (-86400, -7200, -3600, -1801, -1, 0, 1, 1799, 1800, 3599, 3600, 86399, 86400):
            yield change + near


ZONES = [
    "UTC",
    "Europe/Paris",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Sao_Paulo",  # summer began at midnight, and ended at it
    "America/Havana",  # midnight is left out, and another comes twice
    "Africa/Cairo",
    "Asia/Kathmandu",
    "America/New_York",
    "Pacific/Apia",
    "Europe/Dublin",  # its rule has summer as its standard, and winter an hour back
    "Africa/Casablanca",  # two changes more a year, listed to 2087
    "America/Nuuk",  # changes on the eve of a Sunday
    "Asia/Gaza",
    "Antarctica/Troll",  # two hours
    "Africa/Monrovia",  # 44.5 minutes, in 1972
]


def window_of(zone_name, unit, at, **options):
    clock = outgrow.Clock.manual(at * NS)
    limiter = outgrow.RateLimiter(
        f"1/{unit}", policy="calendar_window", time_zone=zone_name, keys=1, clock=clock, **options
    )
    return clock, limiter


@pytest.mark.parametrize("name", ZONES)
def test_a_window_ends_when_zoneinfo_says(name):
    zone, rng = zoneinfo.ZoneInfo(name), random.Random(name)
    checked = 0
    for at in instants(zone, rng):
        if at < 0:
            continue
        for unit in UNITS:
            end, wanted = window_end(zone, unit, at)
            assert shown(zone, end) >= wanted > shown(zone, end - 1)
            clock, limiter = window_of(name, unit, at)
            assert limiter.try_acquire_ns("k") == 0
            assert limiter.try_acquire_ns("k") == (end - at) * NS, (at, unit)
            clock.advance_ns((end - at) * NS - 1)
            assert limiter.try_acquire_ns("k") == 1
            clock.advance_ns(1)
            assert limiter.try_acquire_ns("k") == 0, (at, unit)
            checked += 1
    assert checked > 150


def test_windows_follow_one_another():
    """Through years of changes, from one end to the next: each passes one, and none is missed."""
    for name in ["America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"]:
        zone = zoneinfo.ZoneInfo(name)
        for unit, steps in (("hour", 9000), ("day", 2500), ("month", 90)):
            at = seconds(datetime.datetime(2010, 9, 30, 12))
            clock, limiter = window_of(name, unit, at)
            for _ in range(steps):
                end, _ = window_end(zone, unit, at)
                assert limiter.try_acquire_ns("k") == 0
                assert limiter.try_acquire_ns("k") == (end - at) * NS
                clock.advance_ns((end - at) * NS)
                at = end


def test_the_day_that_apia_left_out_has_no_window():
    at = seconds(datetime.datetime(2011, 12, 30, 9, 59, 59))  # the last second of the 29th there
    clock, limiter = window_of("Pacific/Apia", "day", at)
    assert limiter.try_acquire("k")
    assert limiter.try_acquire_ns("k") == NS
    clock.advance_ns(NS)  # the 31st
    assert limiter.try_acquire("k")
    assert limiter.try_acquire_ns("k") == 86400 * NS


def test_without_a_clock_it_goes_by_the_time_of_day():
    zone = zoneinfo.ZoneInfo("Europe/Paris")
    limiter = outgrow.RateLimiter("1/day", policy="calendar_window", time_zone="Europe/Paris")
    for _ in range(2):  # midnight may come in between
        before = datetime.datetime.now(UTC).timestamp()
        limiter.try_acquire("k")
        wait = limiter.peek("k")
        after = datetime.datetime.now(UTC).timestamp()
        end, _ = window_end(zone, "day", int(before))
        if end > after:
            assert end - after <= wait <= end - before + 0.001
            return
    raise AssertionError("two midnights in a row")


def test_a_clock_that_is_none_of_the_day_is_refused():
    for clock in (outgrow.Clock.monotonic(), outgrow.Clock.coarse(), outgrow.Clock.system()):
        with pytest.raises(ValueError, match="calendar_window") as refused:
            outgrow.RateLimiter("1/day", policy="calendar_window", clock=clock)
        assert "wall" in str(refused.value)
    assert outgrow.RateLimiter("1/day", policy="calendar_window", clock=outgrow.Clock.wall())


@pytest.mark.parametrize(
    "name",
    ["Europe/Pariss", "../etc/passwd", "/etc/passwd", "Europe/../UTC", "Europe", "", "a" * 300]
    + ["Europe//Paris", "Europe/Paris/", "./UTC", "zone.tab", "Europe/Par is", "Europe\x00"],
)
def test_what_is_no_zone_is_refused_by_name(name):
    with pytest.raises(ValueError) as refused:
        outgrow.RateLimiter("1/day", policy="calendar_window", time_zone=name)
    assert "time_zone" in str(refused.value)
