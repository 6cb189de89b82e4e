# SPDX-License-Identifier: Apache-2.0
class Metrics(_Closing):
    """metrics.add("api", limiter); serve metrics.render() as metrics.CONTENT_TYPE. Counters, gauges and latency
    histograms of your own can stand beside them. Safe from every thread."""

    CONTENT_TYPE: str = "text/plain; version=0.0.4; charset=utf-8"

    def add(self, name: str, noun: _Noun) -> None:
        """Shows a noun's numbers, labelled with the name. Kept alive until removed."""
