# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow


def start(driver, step, now_ns):
    def started():
        driver.query = driver.gather.start(step["shards"])
        return "ok"

    return answers.asked(started)


def state(driver, step, now_ns):
    return {"state": answers.enum(driver.query.state()), "waiting": driver.query.waiting()}


def rows(driver, step, now_ns):
    found = []
    while not isinstance(row := driver.query.next(), outgrow.Status):
        found.append([row.shard, row.key.decode(), row.row.decode()])
    return {"rows": found, "end": answers.outcome(row)}
