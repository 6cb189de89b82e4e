# SPDX-License-Identifier: Apache-2.0
import answers


def move(driver, step, now_ns):
    moved = driver.marked.move(driver.shards, answers.raw(step, "key"))
    return "stays" if moved is None else list(moved)
