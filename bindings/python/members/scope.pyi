# SPDX-License-Identifier: Apache-2.0
class Scope(_Closing):
    """scope = Scope.host("/checkout"); a noun made with scope=scope, name="logins" is one and the same in all
    processes of the machine, whatever their language, forked or not: one limit, one breaker, one count.
    The options are the same for all who give that name. A process may die at any instruction. Safe from
    every thread. Linux."""

    @staticmethod
    def host(name: str, **options: Unpack[ScopeOptions]) -> Scope:
        """Attaches to the segment, and makes it where there is none.

        The name is one of shared memory, "/checkout", or a file's path. The process is attached for as
        long as the scope or a noun in it lives."""

    @property
    def name(self) -> str:
        """What it was attached by."""
