# SPDX-License-Identifier: Apache-2.0
import answers


def get(driver, step, now_ns):
    value = driver.store.get(answers.raw(step, "key"))
    if value is None:
        return "absent"
    return value.hex() if step.get("hex", False) else value.decode()


def batch(driver, step, now_ns):
    writes = [
        [None if member is None else answers.raw_of(step, member) for member in write]
        for write in step["writes"]
    ]
    return answers.or_error(lambda: answers.done(driver.store.batch_write(map(tuple, writes))))
