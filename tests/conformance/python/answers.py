# SPDX-License-Identifier: Apache-2.0
"""How vectors spell what Python answers, a kind each; `answers` in bindings/generate/vectors.py."""

import enum as enumeration
import json
import math

import outgrow


def called(what, *arguments, **keywords):
    """What it answers; a property has answered."""
    return what(*arguments, **keywords) if callable(what) else what


def at(step, now_ns):
    """The time, for the form that is given it, where the step wants that."""
    return {"now_ns": now_ns} if step.get("time") == "given" else {}


def asked(ask):
    try:
        return ask()
    except outgrow.InvalidArgument:
        return "invalid"


def refused(error):
    return {"error": int(error.status), "option": error.option or ""}


def or_error(ask):
    try:
        return ask()
    except outgrow.OutgrowError as error:
        return refused(error)


def or_number(ask):
    try:
        return ask()
    except outgrow.OutgrowError as error:
        return int(error.status)


def or_status(ask):
    """What it answers, or an error as {"error"}, but for "full" and "closed"."""
    try:
        return ask()
    except outgrow.Full:
        return "full"
    except outgrow.OutgrowError as error:
        return "closed" if error.status == outgrow.Status.CLOSED else refused(error)


def left(seconds):
    """In ms; the same for ever and for none."""
    known = seconds is not None and not math.isinf(seconds)
    return round(seconds * 1e9) // 1_000_000 if known else "none"


def wait(ns):
    return "never" if ns == outgrow.NEVER else ns


def done(_):
    return "ok"


def stood(counts):
    return "ok" if counts else "lapsed"


def truth(value):
    return int(value)


def count(number):
    return number


duration = number = count


def index(number):
    """None, or of a ticket that has lapsed."""
    return "none" if number is None else outcome(number) if number < 0 else number


def text(value):
    return None if value is None else value if isinstance(value, str) else bytes(value).decode()


def json_text(value):
    return json.dumps(value, separators=(",", ":"))


def enum(member):
    return member.name.lower()


def outcome(status):
    return outgrow.Status(status).name.lower()


def found(value):
    """A value, or the word that a get was given for none."""
    return value if isinstance(value, str) else {"value": text(value)}


def bytes_of(step, value):
    if value is None:
        return "absent"
    return value.hex() if step.get("hex", False) else value.decode()


def copied(out, size):
    return outcome(size) if size < 0 else {"size": size, "bytes": text(out[:size])}


def keep(held, step, batch):
    held[step["as"]] = batch
    return [[text(member) for member in write] for write in batch or ()]


def kept_in(step, name):
    return step[name].encode() if name in step else None


def of(noun, name):
    return None if noun is None else enum(called(getattr(noun, name)))


def many(ask, spell, passed, name, count):
    """Of one that is wrong is of all: Python gives no half an answer."""
    all_of = asked(ask)
    if all_of == "invalid":
        return {passed: 0, name: ["invalid"] * count}
    return {passed: all_of.count(0), name: [spell(one) for one in all_of]}


def until(end, following, *names):
    """Rows of what follows, and the outcome that ends them."""
    found = []
    while not isinstance(each := following(), outgrow.Status):
        found.append([plain(getattr(each, name)) for name in names])
    return {"rows": found, end: outcome(each)}


def kept(whether):
    return "ok" if whether else "full"


def made(held, step, number):
    held[step.get("as", "")] = number
    return "ok"


def lines(rendered, step):
    return [line for line in rendered.splitlines() if line.startswith(step["prefix"])]


def raw_of(step, member):
    """Bytes: a text, in hexadecimal where "hex" says so, or an integer's key on a shard map."""
    if isinstance(member, int):
        return outgrow.ShardMap.int64_key(member)
    return bytes.fromhex(member) if step.get("hex", False) else member.encode()


def raw(step, name):
    return raw_of(step, step[name])


def raws(step, name):
    return [raw_of(step, member) for member in step[name]] if name in step else None


def writes(step, name):
    members = [[None if each is None else raw_of(step, each) for each in w] for w in step[name]]
    return map(tuple, members)


def spaced(step, name):
    """A time for each of the list of that name, `every_ms` apart from `from_ms` on."""
    return [(step["from_ms"] + i * step["every_ms"]) * 1_000_000 for i, _ in enumerate(step[name])]


def parted(options):
    """What says where a noun lies, and the other options."""
    place = {name: value for name, value in options.items() if name in ("scope", "name")}
    return place, {name: value for name, value in options.items() if name not in place}


def member(enum, word):
    """A constant of the package's enum."""
    found = getattr(getattr(outgrow, enum), word.upper(), None)
    if found is None:
        raise outgrow.InvalidArgument(word)
    return found


def plain(value):
    """A member of what came: a text, a number, none; a status as its number, other constants as words."""
    if isinstance(value, outgrow.Status):
        return int(value)
    if isinstance(value, bytes):
        return value.decode()
    return value.name.lower() if isinstance(value, enumeration.Enum) else value


def row(given, otherwise):
    return otherwise if given is None else list(given)


def rows(listed, *names):
    return [[plain(getattr(each, name)) for name in names] for each in listed]


def record(given, *names):
    if given is None:
        return None
    return {  # a name that is a keyword of Python's ends in "_" there
        n.removesuffix("_"): str(given) if n == "text" else plain(getattr(given, n)) for n in names
    }


def into(driver, name, noun):
    setattr(driver, name, noun)
    return "ok"


def permit(held, step, given, otherwise):
    if given is None:
        return otherwise
    held[step.get("as", "")] = given
    return "permit"


def ticket(held, step, given, spell):
    """A ticket and an index, or an outcome below 0 in the ticket's place."""
    if given.ticket <= 0:
        return outcome(given.ticket)
    held[step.get("as", "")] = given.ticket
    return spell(given.index)


def named(endpoints, number):
    none = number is None or number < 0
    return index(number) if none else endpoints.name(number)


def index_of(endpoints, name):
    """The index of that name; one that is none."""
    number = endpoints.find(name)
    return -1 if number is None else number


def ttl(step):
    return step["ttl_ms"] / 1000 if "ttl_ms" in step else None


def chosen(stats, *names):
    return {name: stats[name] for name in names}


def leased(held, step, seen, word):
    """Of what answers a lease or a ticket, a hit, or an outcome."""
    if seen.result > 0:
        held[step.get("as", "")] = seen.result
    return {
        "outcome": word if seen.result > 0 else "hit" if seen.result == 0 else outcome(seen.result),
        "value": text(seen.value),
        "wait_ms": seen.wait_ns // 1_000_000,
    }
