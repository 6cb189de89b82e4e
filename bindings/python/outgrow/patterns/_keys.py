# SPDX-License-Identifier: Apache-2.0
"""Keys of the tutorial's classes are any hashable objects; those of the nouns are bytes."""

from __future__ import annotations

from collections.abc import Hashable


def key_bytes(key: Hashable) -> str | bytes:
    """Equal for equal keys, in this process and any other. Numbers do not meet the texts of them."""
    if isinstance(key, (str, bytes)):
        return key
    return f"\0{key!r}"
