# SPDX-License-Identifier: Apache-2.0
class Decision:
    """It never changes."""

    def __str__(self) -> str:
        """The decision in one line."""

    def __repr__(self) -> str:
        """The decision in one line."""
