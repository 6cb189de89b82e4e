# SPDX-License-Identifier: Apache-2.0
"""A store of the test's own over a dict."""

import answers
import outgrow


class ToldStore:
    """Fails as it is told: "reads", writes that are "refused", or "applied" and yet said to fail."""

    def __init__(self):
        self.rows = {}
        self.how = None

    def get(self, key):
        if self.how == "reads":
            raise RuntimeError("told to fail")
        return self.rows.get(bytes(key))

    def set(self, key, value):
        self.batch_write([(key, value)])

    def delete(self, key):
        self.batch_write([(key, None)])

    def batch_write(self, writes):
        if self.how != "refused":
            for key, value in writes:
                if value is None:
                    self.rows.pop(bytes(key), None)
                else:
                    self.rows[bytes(key)] = bytes(value)
        if self.how in ("refused", "applied"):
            raise RuntimeError("told to fail")

    def store(self, clock):
        return outgrow.Store.of(self, clock=clock)

    # Vectors' operations.

    def row(self, step):
        return answers.text(self.rows.get(step["key"].encode()))

    def put(self, step):
        self.rows[step["key"].encode()] = step["value"].encode()
        return "ok"

    def fail(self, step):
        self.how = step["how"]
        return "ok"
