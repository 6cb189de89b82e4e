# SPDX-License-Identifier: Apache-2.0
import answers


def copy(driver, step, now_ns):
    buffer = bytearray(step["capacity"])
    size = driver.cache.get_into(step["key"], buffer)
    if size < 0:
        return answers.outcome(size)
    return {"size": size, "bytes": bytes(buffer[:size]).decode()}
