# SPDX-License-Identifier: Apache-2.0
"""The nouns' types. Their options are in _options.pyi."""

import builtins
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Literal, NamedTuple, ParamSpec, Protocol, TypeVar, final

# The enums and options stand here.
from typing_extensions import Buffer, Self, Unpack

from outgrow._reserving import Reservation

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

Key = str | bytes | bytearray | memoryview
Duration = float | timedelta | str  # seconds; text has its unit: "250ms"

VERSION: str
NEVER: int

class CodecObject(Protocol):
    """What an object must have to be a codec."""

    def encode(self, value: Any, /) -> Any: ...
    def decode(self, data: bytes, /) -> Any: ...

Codec = Literal["bytes", "str", "json", "pickle"] | CodecObject

class CustomStore(Protocol):
    """What an object must have to be a store. `batch_write(writes)` is called where it exists."""

    def get(self, key: bytes, /) -> Any: ...
    def set(self, key: bytes, value: bytes, /) -> Any: ...
    def delete(self, key: bytes, /) -> Any: ...

class _Noun:
    @property
    def closed(self) -> bool:
        """Whether it is closed; it then takes no calls."""

    @property
    def clock(self) -> Clock | None:
        """The Clock it was given, or None for the system's."""

    def close(self) -> None:
        """Gives its memory up. Once is enough; any further call is a ClosedError."""

class _Closing(_Noun):
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...

class _Guard(_Noun):
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def __call__(self, function: F) -> F:
        """A decorator: guards each call, for coroutines and generators as long as they run."""

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """function(*args, **kwargs), guarded. An async function's call is guarded while it is awaited."""
