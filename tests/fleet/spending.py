# SPDX-License-Identifier: Apache-2.0
"""What all machines let through, and whether it was too much: over every window there is."""


def worst(records, per_second):
    """The most, over all windows, by which the tokens of `records`, (time in ns, tokens) in any order, are more than
    `per_second` times the window; and when that window ends. In one pass: of the windows that end with a record, the
    worst begins where the surplus before it was least."""
    spent = most = 0.0
    least, ends_at = float("inf"), 0
    records = sorted(records)
    for at, tokens in records:
        line = per_second * (at - records[0][0]) / 1e9
        least = min(least, spent - line)
        spent += tokens
        if spent - line - least > most + 1e-6:
            most, ends_at = spent - line - least, at
    return most, ends_at


def total(records, since=float("-inf"), until=float("inf")):
    return sum(tokens for at, tokens in records if since <= at < until)


def self_test():
    second = 10**9
    steady = [(number * second // 10, 1) for number in range(100)]
    assert round(worst(steady, 10)[0], 6) == 1
    burst = [(7 * second + 5, 20)]
    assert round(worst(steady + burst, 10)[0], 6) == 21
    assert worst(steady + burst, 10)[1] == 7 * second + 5
    # Twice the rate for a second, somewhere in the middle: no single record is too much.
    fast = [(3 * second + number * second // 20, 1) for number in range(20)]
    idle = [one for one in steady if not 3 * second <= one[0] < 4 * second]
    assert round(worst(idle + fast, 10)[0]) in (10, 11), worst(idle + fast, 10)
    # By brute force, over every pair of records.
    odd = [(number * number * 7919 % (10 * second), number % 4) for number in range(200)]
    times = sorted({at for at, _ in odd})
    slow = max(
        total(odd, first, last + 1) - 3 * (last - first) / 1e9
        for at, first in enumerate(times)
        for last in times[at:]
    )
    assert abs(worst(odd, 3)[0] - slow) < 1e-3, (worst(odd, 3), slow)


if __name__ == "__main__":
    self_test()
    print("ok")
