# SPDX-License-Identifier: Apache-2.0
"""How vectors spell what Python says otherwise."""

import outgrow


def stood(call, *arguments, **keywords):
    """Of what answers whether it counted: "ok", "lapsed", or "invalid" for an argument that cannot be."""
    try:
        return "ok" if call(*arguments, **keywords) else "lapsed"
    except outgrow.InvalidArgument:
        return "invalid"


def done(call, *arguments, **keywords):
    """Of what answers nothing, or raises."""
    try:
        call(*arguments, **keywords)
        return "ok"
    except outgrow.InvalidArgument:
        return "invalid"


def asked(call, *arguments, **keywords):
    """What it answers, or "invalid"."""
    try:
        return call(*arguments, **keywords)
    except outgrow.InvalidArgument:
        return "invalid"


def refused(error):
    """An error as vectors have it."""
    return {"error": int(error.status), "option": error.option or ""}


def text(value):
    return None if value is None else bytes(value).decode()


def or_none(index):
    return "none" if index is None else index
