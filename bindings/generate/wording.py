# SPDX-License-Identifier: Apache-2.0
"""How documentation spells an option's default and range, the same in every language."""


def number(value):
    return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"


def default_of(option):
    """ "Default 5." or "Must be given." """
    if option.default is None:
        return "Must be given."
    if option.default == "":
        return "No default."
    return f"Default {option.default}."


def range_of(option):
    """ "One of a, b. Default a." or "1 to 64 calls. Default 1." """
    if option.choices:
        return f"One of {', '.join(option.choices)}. {default_of(option)}"
    if option.min is None or option.max is None:
        return default_of(option)
    unit = f" {option.unit}" if option.unit else ""
    return f"{number(option.min)} to {number(option.max)}{unit}. {default_of(option)}"
