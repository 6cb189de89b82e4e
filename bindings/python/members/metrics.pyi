# SPDX-License-Identifier: Apache-2.0
class Metrics(_Closing):
    """metrics.add("api", limiter); serve metrics.render() as metrics.CONTENT_TYPE. Counters, gauges and latency
    histograms of your own can stand beside them. Safe from every thread."""

    CONTENT_TYPE: str = "text/plain; version=0.0.4; charset=utf-8"

    def add(self, name: str, noun: _Noun) -> None:
        """Shows a noun's numbers, labelled with the name. Kept alive until removed."""

    def remove(self, name: str) -> int:
        """Removes what has that name: how many."""

    def counter(self, name: str, help: str = "", instance: str = "") -> int:
        """The id of a counter; its name ends in _total."""

    def gauge(self, name: str, help: str = "", instance: str = "") -> int:
        """The id of a gauge."""

    def histogram(self, name: str, help: str = "", instance: str = "") -> int:
        """The id of a histogram of latencies; its name best ends in _seconds."""

    def observe(self, histogram: int, duration: Duration) -> None:
        """A latency, in seconds or a timedelta."""

    def observe_ns(self, histogram: int, ns: int) -> None:
        """A latency in ns."""

    def render(self) -> str:
        """The text exposition format 0.0.4."""
