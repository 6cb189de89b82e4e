# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow


def key_of(key):
    """A text, or the bytes that stand for an integer."""
    return outgrow.ShardMap.int64_key(key) if isinstance(key, int) else key


def opened(driver, setup, options, clock):
    splits = [key_of(key) for key in setup.get("splits", [])]
    driver.shards = outgrow.ShardMap(splits or None, **options)
    driver.marked = driver.shards.copy()


def of(driver, step, now_ns):
    return driver.shards.of(step["key"])


def of_many(driver, step, now_ns):
    return driver.shards.of_many(step["keys"])


def span(driver, step, now_ns):
    return driver.shards.span(key_of(step["first"]), key_of(step["end"]))


def split(driver, step, now_ns):
    made = driver.shards.split
    return answers.asked(lambda: answers.done(made(key_of(step["key"]), step["shard"])))


def merge(driver, step, now_ns):
    return answers.asked(lambda: answers.done(driver.shards.merge(key_of(step["key"]))))


def ranges(driver, step, now_ns):
    return answers.asked(
        lambda: [[r.first.decode(), r.end.decode(), r.source] for r in driver.shards.ranges()]
    )


def mark(driver, step, now_ns):
    driver.marked = driver.shards.copy()
    return "ok"


def go_back(driver, step, now_ns):
    return answers.asked(lambda: answers.done(driver.shards.assign(driver.marked)))


def moves(driver, step, now_ns):
    return answers.asked(
        lambda: [
            [r.first.decode(), r.end.decode(), r.source, r.target]
            for r in driver.marked.moves(driver.shards)
        ]
    )


def moved_share(driver, step, now_ns):
    share = driver.marked.moved_share(driver.shards)
    return int(outgrow.Status.NONE) if share is None else share


def move(driver, step, now_ns):
    moved = driver.marked.move(driver.shards, key_of(step["key"]))
    return "stays" if moved is None else list(moved)
