# SPDX-License-Identifier: Apache-2.0
"""The codecs by name: pairs of what makes bytes, or text for its UTF-8, and what reads bytes."""

import json
import pickle

from outgrow._errors import BadValue
from outgrow._plain import refuse_async


def _text(value):
    if not isinstance(value, str):
        raise TypeError(f"value must be str, not {type(value).__name__}")
    return value


def _pickled(value):
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


_NAMED = {
    "bytes": None,
    "str": (_text, bytes.decode),
    "json": (json.dumps, json.loads),
    "pickle": (_pickled, pickle.loads),
}


def find(codec):
    """(encode, decode), or None for plain bytes."""
    if isinstance(codec, str):
        if codec in _NAMED:
            return _NAMED[codec]
    elif callable(getattr(codec, "encode", None)) and callable(getattr(codec, "decode", None)):
        refuse_async(codec.encode, "codec.encode")
        refuse_async(codec.decode, "codec.decode")
        return codec.encode, codec.decode
    error = BadValue(
        f"codec cannot be {codec!r}: one of {', '.join(_NAMED)}, or an object with encode and decode"
    )
    error.option = "codec"
    raise error
