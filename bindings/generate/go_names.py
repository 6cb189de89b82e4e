# SPDX-License-Identifier: Apache-2.0
"""What things of the description are called in Go."""

import re

from wording import pascal

WORDS = {"Ok": "OK", "Io": "IO", "Cpu": "CPU", "Oom": "OOM"}
INITIALS = {"Ttl": "TTL", "Cpu": "CPU", "Oom": "OOM", "Utc": "UTC"}
NUMBERS = {"int32_t": "int32", "og_status": "int32", "int64_t": "int64", "double": "float64"}


def exported(name):
    return "".join(
        WORDS.get(word.capitalize(), word.capitalize()) for word in name.lower().split("_")
    )


def type_of(noun):
    """Its type; its options may go by the class alone, as those of a Cache with values of a type."""
    return noun.facts.get("go", noun.cls)


def receiver(noun):
    """Not s, which is what a call is counted in."""
    first = noun.cls[1] if noun.cls[0] == "S" else noun.cls[0]
    return noun.facts.get("go_receiver", first.lower())


def method(function):
    return function.name_in("go", exported)


def raw(name):
    """og_limiter_acquire: raw.LimiterAcquire"""
    return "raw." + pascal(name.removeprefix("og_"))


def optional(p):
    """Whether a slice may be nil."""
    return p.default == [] or p.facts.get("optional", False)


def enum_type(name, facts):
    """ "" for constants without a type of their own."""
    return facts.get("go", name)


def enum_prefix(name, facts):
    """Of its constants: BreakerState's is Breaker."""
    return facts.get("go_prefix", re.sub("(Stat|State|Operation)$", "", enum_type(name, facts)))


def field(option):
    """The field of an option: open_ms is Open, a time.Duration."""
    name = re.sub(r"_ms$", "", option.name) if option.type == "duration" else option.name
    return re.sub("|".join(INITIALS), lambda m: INITIALS[m[0]], exported(name))
