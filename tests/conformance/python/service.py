# SPDX-License-Identifier: Apache-2.0
import answers


def end(driver, step, now_ns):
    ended = lambda: driver.service.end(  # noqa: E731
        driver.held.get(step["call"], 0),
        step.get("success", True),
        step["value"].encode() if "value" in step else None,
        step.get("absent", False),
        ttl=answers.ttl(step),
    )
    return answers.asked(lambda: answers.stood(ended()))


def breaker(driver, step, now_ns):
    found = driver.service.breaker(driver.endpoints.find(step["name"]))
    return None if found is None else answers.enum(found.state)
