# SPDX-License-Identifier: Apache-2.0
"""A budget of 10,000 tokens a minute for a language model. What a prompt will cost is an estimate until the answer is
there: a call reserves that, and settles with what the model says that it used. What was not used is there for the next
call at once. With scope= and name= the budget is one for all workers, and what a killed one reserved comes back."""

import outgrow

clock = outgrow.Clock.manual()  # a service leaves it out
budget = outgrow.RateLimiter("10000/min", max_debt=5000, reservations=100, clock=clock)

MOST_TOKENS = 4000  # what a call may use at most: max_tokens, and the prompt


def model(prompt: str) -> tuple[str, int]:
    """An answer, and the tokens that it took: as usage.total_tokens of an API says."""
    if prompt == "a bad day":
        raise ConnectionError("the model is not there")
    return f"about {prompt}", 250 * len(prompt.split()) + 200


def ask(team: str, prompt: str) -> str:
    with budget.reserve(team, MOST_TOKENS, within=120) as reserved:
        answer, used = model(prompt)
        reserved.settle(used)  # a block that ends without this has used nothing
    return answer


def left(team: str) -> int:
    return budget.standing(team).remaining


for prompt in ["tea", "a bad day", "the price of tea in every port of the world since 1800"]:
    try:
        print(ask("red", prompt), "-", left("red"), "left")
    except ConnectionError as failed:
        print(failed, "-", left("red"), "left")

# Three at once: each holds its estimate, so that the budget cannot be overrun meanwhile.
calls = [budget.reserve("blue", 3000) for _ in range(3)]
try:
    ask("blue", "tea")
except outgrow.RateLimited as refused:
    print(refused, "-", left("blue"), "left")
for call, used in zip(calls, [400, 2900, 3500]):
    call.settle(used)
print(left("blue"), "left")
clock.advance(60)
print(ask("blue", "tea"), "-", left("blue"), "left")
