# SPDX-License-Identifier: Apache-2.0
import outgrow
from words import refused


class Driver:
    def __init__(self, options, clock):
        self.store = outgrow.Store(clock=clock, **options)

    def step(self, step, now_ns):
        op, hexadecimal = step["op"], step.get("hex", False)

        def decode(text):
            return bytes.fromhex(text) if hexadecimal else text.encode()

        if op == "get":
            value = self.store.get(decode(step["key"]))
            return "absent" if value is None else value.hex() if hexadecimal else value.decode()
        try:
            if op == "set":
                self.store.set(decode(step["key"]), decode(step["value"]))
            elif op == "delete":
                self.store.delete(decode(step["key"]))
            else:
                assert op == "batch", op
                self.store.batch_write(
                    [
                        (decode(key), None if value is None else decode(value))
                        for key, value in step["writes"]
                    ]
                )
        except outgrow.OutgrowError as error:
            return refused(error)
        return "ok"


def make(vector, options, clock):
    return Driver(options, clock)
