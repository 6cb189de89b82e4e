# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow


def opened(driver, setup, options, clock):
    place = {k: options.pop(k) for k in ("scope", "name") if k in options}  # the set's
    most = setup.get("max_endpoints", 256)
    driver.endpoints = outgrow.Endpoints(max_endpoints=most, **place)
    for e in setup.get("endpoints", []):
        driver.endpoints.add(e["name"], e.get("weight", 1), e.get("zone", ""))
    driver.balancer = outgrow.Balancer(driver.endpoints, clock=clock, **options)


def pick_many(driver, step, now_ns):
    picked = driver.balancer.pick_many(step["keys"] if "keys" in step else step["count"])
    return [answers.named(driver.endpoints, index) for index in picked]
