# SPDX-License-Identifier: Apache-2.0
class HttpLimit(_Closing):
    """HttpLimit(limiter, trusted="10.0.0.0/8"): `client` of what a server tells of a request is the limiter's key,
    `headers` are the answer's. Safe from every thread."""

    PROBLEM_TYPE: str = "application/problem+json"

    def headers(self, key: Key = b"", wait_ns: int = 0, partition: Key = b"") -> dict[str, str]:
        """The fields of an answer by their names, as `fields` has them: to be set on it. wait_ns is what
        try_acquire_ns answered; above 0, Retry-After is among them."""
