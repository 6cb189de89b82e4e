# SPDX-License-Identifier: Apache-2.0
class Clock(_Closing):
    """Time never steps back, and starts anywhere. Nouns take one as clock=; without, they take the system's."""

    @property
    def manual_clock(self) -> bool:
        """Whether it is a manual one."""

    @property
    def _watchers(self) -> list[Any]:
        """Called after a manual clock has moved."""
