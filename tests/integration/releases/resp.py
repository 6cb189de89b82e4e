# SPDX-License-Identifier: Apache-2.0
"""A server's replies, from a socket, without a client."""


def reply_in(stream):
    """One reply in RESP, as it came."""
    line = stream.readline()
    kind, size = line[:1], line[1:-2]
    if kind == b"$" and int(size) >= 0:
        return line + stream.read(int(size) + 2)
    if kind == b"*":
        return line + b"".join(reply_in(stream) for _ in range(int(size)))
    return line
