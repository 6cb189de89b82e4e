# SPDX-License-Identifier: Apache-2.0
"""A fleet's commands as a client takes them, and replies as a fleet does: Redis's protocol, version 2."""

from __future__ import annotations

from typing import Any

Words = list[bytes]
Command = tuple[int, Words]  # a fleet's number of it

_END = b"\r\n"


def commands_of(taken: str) -> list[Command]:
    """What Fleet.take() gives: the first one's number, ":17", and each in RESP."""
    if not taken:
        return []
    data = taken.encode()
    at = 0

    def number() -> int:
        nonlocal at
        begin, at = at + 1, data.index(_END, at) + len(_END)
        return int(data[begin : at - len(_END)])

    def word() -> bytes:
        nonlocal at
        size = number()
        begin, at = at, at + size + len(_END)
        return data[begin : begin + size]

    first = number()
    commands: list[Command] = []
    while at < len(data):
        commands.append((first + len(commands), [word() for _ in range(number())]))
    return commands


def reply_of(value: Any) -> bytes:
    """Of what a client gives: an exception is an error, whose text it is."""
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, (list, tuple)):
        return b"*%d\r\n" % len(value) + b"".join(map(reply_of, value))
    if isinstance(value, BaseException):
        return b"-" + b" ".join(str(value).encode(errors="replace").split()) + _END
    data = value if isinstance(value, bytes) else str(value).encode()
    return b"$%d\r\n%b\r\n" % (len(data), data)
