# SPDX-License-Identifier: Apache-2.0
class Clock(_Closing):
    """Time never steps back, and starts anywhere. Nouns take one as clock=; without, they take the system's."""

    @staticmethod
    def system() -> Clock:
        """The cheapest exact clock of this machine; the default."""

    @staticmethod
    def monotonic() -> Clock:
        """The kernel's CLOCK_MONOTONIC."""

    @staticmethod
    def coarse() -> Clock:
        """The kernel tick's time: cheapest, 1 to 10 ms coarse."""

    @staticmethod
    def manual(start_ns: int = 0) -> Clock:
        """A clock that stands until it is moved: for tests and replay."""

    @property
    def manual_clock(self) -> bool:
        """Whether it is a manual one."""

    @property
    def _watchers(self) -> list[Any]:
        """Called after a manual clock has moved."""

    def now(self) -> float:
        """The time in seconds."""

    def now_ns(self) -> int:
        """The time in nanoseconds."""

    def set_ns(self, now_ns: int) -> None:
        """Moves a manual clock to a time; never back."""

    def advance(self, by: Duration) -> None:
        """Moves a manual clock on, and wakes those that sleep by it."""

    def advance_ns(self, by_ns: int) -> None:
        """Moves a manual clock on, by nanoseconds, and wakes those that sleep by it."""
