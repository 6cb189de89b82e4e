# SPDX-License-Identifier: Apache-2.0
import answers


def copy(driver, step, now_ns):
    buffer = bytearray(step["capacity"])
    size = driver.cache.get_into(step["key"], buffer)
    if size < 0:
        return answers.outcome(size)
    return {"size": size, "bytes": bytes(buffer[:size]).decode()}


def lease(driver, step, now_ns):
    seen = driver.cache.get_or_lease(step["key"])
    if seen.result > 0:
        driver.held[step.get("as", "")] = seen.result
    return {
        "outcome": answers.given(seen.result, "lease"),
        "value": answers.text(seen.value),
        "wait_ms": seen.wait_ns // 1_000_000,
    }
