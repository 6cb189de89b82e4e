# SPDX-License-Identifier: Apache-2.0
def learn(driver, step, now_ns):
    times = range(len(step["rates"]))
    at = [(step["from_ms"] + i * step["every_ms"]) * 1_000_000 for i in times]
    return driver.autoscaler.learn(at, step["rates"])
