# SPDX-License-Identifier: Apache-2.0
class AutoScaler(_Closing):
    """It decides; you start and stop them. Observe metrics as they come: utilizations in per cent, requests a
    minute of all instances together, response time in ms, errors in per cent; None (or NaN) is missing,
    which is not zero. predictor="seasonal" scales ahead of the load. Who starts beside a running fleet says
    how many run, by initial_instances or set_instances(). Safe from every thread."""
