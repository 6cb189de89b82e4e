# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow


def take(driver, step, now_ns):
    batch = driver.held[step["as"]] = driver.cached_store.take_batch()
    return [[answers.text(member) for member in write] for write in batch or ()]


def done(driver, step, now_ns):
    how = outgrow.Status.OK if step["result"] == "ok" else outgrow.Status.STORE
    driver.cached_store.batch_done(driver.held[step["batch"]], how)
    return "ok"
