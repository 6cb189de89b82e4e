# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow


def many(driver, step, now_ns):
    try:
        waits = driver.limiter.acquire_many_ns(
            step["keys"], step.get("costs"), **answers.at(step, now_ns)
        )
    except outgrow.InvalidArgument:  # of one is of all: Python gives no half an answer
        return {"passed": 0, "waits": ["invalid"] * len(step["keys"])}
    return {"passed": waits.count(0), "waits": [answers.wait(wait) for wait in waits]}
