# SPDX-License-Identifier: Apache-2.0
class AutoScaler(_Closing):
    """It decides; you start and stop them. Observe metrics as they come: utilizations in per cent, requests a
    minute of all instances together, response time in ms, errors in per cent; None (or NaN) is missing,
    which is not zero. predictor="seasonal" scales ahead of the load. Who starts beside a running fleet says
    how many run, by initial_instances or set_instances(). Safe from every thread."""

    def learn(self, at_ns: Sequence[int], request_rates: Sequence[float | None]) -> int:
        """Past request rates, oldest first, to warm the predictor: how many were taken. Unsupported without a
        predictor."""

    def decide(self, *, now_ns: int | None = None) -> int:
        """The instances to run from now on; OutgrowError until initial_instances or set_instances() has said how many
        run."""

    @property
    def instances(self) -> int:
        """The count as last decided or set; OutgrowError while it is unknown."""
