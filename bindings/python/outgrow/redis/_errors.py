# SPDX-License-Identifier: Apache-2.0
"""A server's error as the server wrote it. A client makes a class of an error's first word and drops the word; who
must know what kind it is wants it back. Classes are known by name: those of redis and valkey, of all versions, are
the same."""

from __future__ import annotations

import re

_KINDS = {
    "NoScriptError": "NOSCRIPT",
    "BusyLoadingError": "LOADING",
    "ReadOnlyError": "READONLY",
    "OutOfMemoryError": "OOM",
    "NoPermissionError": "NOPERM",
    "MasterDownError": "MASTERDOWN",
    "ClusterDownError": "CLUSTERDOWN",
    "ClusterCrossSlotError": "CROSSSLOT",
    "MovedError": "MOVED",
    "AskError": "ASK",
    "TryAgainError": "TRYAGAIN",
    "ExecAbortError": "EXECABORT",
}
_WITH_KIND = re.compile(r"[A-Z][A-Z0-9_]+( |$)")
_TOO_MANY = "max number of clients reached"


def _classes(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def is_reply(error: BaseException) -> bool:
    """Whether the server has answered so, and not the client failed, of an error that was raised as a reply was read."""
    classes = _classes(error)
    if "ResponseError" in classes or "BusyLoadingError" in classes:
        return True
    return "AuthenticationError" in classes or str(error) == _TOO_MANY


def ends_connection(error: BaseException) -> bool:
    """Whether the client has closed the connection for it, with what else was to be read from it."""
    return "ConnectionError" in _classes(error)


def as_written(error: BaseException) -> str:
    """The text of an error reply, its kind first: "NOSCRIPT No matching script."."""
    text = str(error.args[0]) if error.args else ""
    kind = getattr(error, "status_code", None)  # since redis 8
    if not kind:
        kind = next((_KINDS[name] for name in _classes(error) if name in _KINDS), None)
    if not kind and "AuthenticationError" in _classes(error):
        if text.startswith("invalid username-password"):
            kind = "WRONGPASS"
        elif text.startswith("Authentication required"):
            kind = "NOAUTH"
    if kind:
        return text if text.split(" ", 1)[0] == kind else f"{kind} {text}".rstrip()
    return text if _WITH_KIND.match(text) else f"ERR {text}"
