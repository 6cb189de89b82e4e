# SPDX-License-Identifier: Apache-2.0
"""What prefork_metrics_test.py has gunicorn serve: a cache for each worker, and what all of them counted."""

import os

import outgrow

scope = outgrow.Scope.host(os.environ["SEGMENT"])
cache = outgrow.Cache()
metrics = outgrow.Metrics(scope=scope, name="web", publish_ms=0)
metrics.add("rows", cache)
cache.get("parent")  # before the fork, which gives each worker a copy of what was counted


def application(environ, start_response):
    if environ["PATH_INFO"] == "/metrics":
        body = metrics.render()
    else:
        cache.get("key")
        metrics.publish()
        body = f"process {os.getpid()}\n"
    start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
    return [body.encode()]
