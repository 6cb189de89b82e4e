# SPDX-License-Identifier: Apache-2.0
"""Operations of vectors that no table says."""

import answers
import outgrow


def limiter_all(limiter, step, now_ns):
    costs = step.get("costs") or [1] * len(step["keys"])
    parts = [(limiter, key, cost) for key, cost in zip(step["keys"], costs)]
    said = outgrow.try_acquire_all(*parts, **answers.at(step, now_ns))
    return {"wait": answers.wait(said.wait_ns), "which": said.which}
