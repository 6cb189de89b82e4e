# SPDX-License-Identifier: Apache-2.0
"""Five failed logins in a quarter of an hour, and then no more are tried; logins that succeed do not count. An attempt
takes before the password is looked at, so that of a hundred at one moment five are tried; success gives it back."""

import math

import outgrow
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

clock = outgrow.Clock.manual()  # a service leaves it out
attempts = outgrow.RateLimiter("5/15min", policy="sliding_window", clock=clock)
app = FastAPI()


@app.post("/login/{user}")
def login(user: str, password: str) -> Response:
    if wait := attempts.try_acquire_ns(user):
        return Response("too many", 429, {"Retry-After": str(math.ceil(wait / 1e9))})
    if password != f"secret of {user}":
        return Response("wrong password", 401)
    attempts.give_back(user)
    return Response("welcome")


with TestClient(app) as browser:

    def attempt(password: str) -> str:
        answer = browser.post("/login/ann", params={"password": password})
        return " ".join([answer.text, *answer.headers.get_list("Retry-After")])

    print([attempt("secret of ann") for _ in range(20)][-1])
    for _ in range(6):
        print(attempt("guess"))
    clock.advance(15 * 60)
    print(attempt("secret of ann"))
    for _ in range(6):
        print(attempt("guess"))
    attempts.forget("ann")  # the help desk has called back
    print(attempt("secret of ann"))
