# SPDX-License-Identifier: Apache-2.0
"""Numbers as the tutorial's classes take them, refused under the names that its code gives them."""

from __future__ import annotations

from typing import Any


def within(name: str, value: Any, least: float, most: float) -> Any:
    """The value; ValueError when it is not from least to most, as NaN never is."""
    if not least <= value <= most:
        raise ValueError(f"{name} is {value!r}, not from {least:g} to {most:g}")
    return value


def whole(name: str, value: Any, least: int, most: int) -> int:
    """The value, which may be a float without a fraction, as an int."""
    if within(name, value, least, most) != int(value):
        raise ValueError(f"{name} is {value!r}, not a whole number")
    return int(value)
