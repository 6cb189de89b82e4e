#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes day.log.gz: a modelled day of 100,000 requests in Combined Log Format.

No server wrote this log. It is drawn, with a fixed seed, from published figures, each with its
source below; what no paper gives is marked "our choice". The same seed gives the same bytes: only
random.Random.random() is used, whose sequence Python promises to keep.

    python3 make_day.py [OUTPUT]        (default: day.log.gz beside this file)
"""

import bisect
import gzip
import itertools
import math
import os
import random
import sys

SEED = 19950801
REQUESTS = 100_000
DATE = "12/Mar/2025"  # a Wednesday; our choice

# Share of requests per hour of day, in per cent, local time: NASA-HTTP, 1 to 28 July 1995
# (1,891,672 requests; J. Dumoulin, M. Arlitt, C. Williamson, Internet Traffic Archive).
HOUR_SHARE = (
    3.30,
    2.81,
    2.39,
    1.98,
    1.70,
    1.69,
    1.86,
    2.86,
    4.43,
    5.28,
    5.58,
    6.12,
    6.45,
    6.38,
    6.47,
    6.41,
    6.24,
    5.16,
    4.19,
    3.79,
    3.69,
    3.80,
    3.74,
    3.67,
)

# Popularity of documents is Zipf-like, exponent 0.64 to 0.83: L. Breslau et al., "Web Caching and
# Zipf-like Distributions", INFOCOM 1999. The upper end for documents, the lower for clients.
DOCUMENT_ALPHA = 0.83
CLIENT_ALPHA = 0.64
PAGES, OBJECTS, CLIENTS = 2_500, 4_000, 6_000  # our choice

# File sizes have a lognormal body and a Pareto tail (7 % of files); objects embedded in a page,
# and the seconds that a user thinks between pages, are Pareto: P. Barford, M. Crovella,
# "Generating Representative Web Workloads" (SURGE), SIGMETRICS 1998, its table of parameters.
# The heavy tail, exponent near 1.1: M. Crovella, A. Bestavros, "Self-Similarity in World Wide Web
# Traffic", IEEE/ACM Transactions on Networking 5(6), 1997.
BODY_MU, BODY_SIGMA = 9.357, 1.318
TAIL_SHARE, TAIL_BYTES, TAIL_ALPHA = 0.07, 133_000, 1.1
LARGEST_BYTES = 64 << 20  # our choice: an infinite-variance tail has to stop somewhere
EMBEDDED_ALPHA = 2.43
THINK_ALPHA, THINK_MAX_S = 1.5, 1800

# Pages per visit are inverse Gaussian: B. Huberman et al., "Strong Regularities in World Wide Web
# Surfing", Science 280, 1998 (the AOL users).
VISIT_MU, VISIT_LAMBDA = 2.98, 6.24

# 88 % of responses succeed and 8 % are Not Modified: M. Arlitt, C. Williamson, "Web Server Workload
# Characterization: The Search for Invariants", SIGMETRICS 1996. How the rest divides is our choice.
NOT_MODIFIED, FOUND, NOT_FOUND, BACKGROUND_ERRORS = 0.08, 0.02, 0.0185, 0.0005
WRITES = 0.03  # of page requests; our choice

# A backend that fails for an hour, and three clients that misbehave: our choice.
FAIL_FROM, FAIL_TO, FAIL_SHARE = 14 * 3600, 15 * 3600, 0.6
SCRAPER, GUESSER, HAMMER = "203.0.113.7", "203.0.113.66", "2001:db8::bad"

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
)


class Zipf:
    """Draws 0 .. n-1, rank r with a chance proportional to (r+1)^-alpha."""

    def __init__(self, n, alpha):
        self.cumulative = list(itertools.accumulate((r + 1) ** -alpha for r in range(n)))

    def draw(self, rng):
        return bisect.bisect_right(self.cumulative, rng.random() * self.cumulative[-1])


def normal(rng):
    return math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())


def pareto(rng, alpha):
    return (1 - rng.random()) ** (-1 / alpha)


def inverse_gaussian(rng, mu, lam):
    """Michael, Schucany and Haas, The American Statistician 30(2), 1976."""
    y = normal(rng) ** 2
    x = mu + mu * (mu * y - math.sqrt(4 * mu * lam * y + (mu * y) ** 2)) / (2 * lam)
    return x if rng.random() <= mu / (mu + x) else mu * mu / x


def file_size(rng):
    if rng.random() < TAIL_SHARE:
        return min(int(TAIL_BYTES * pareto(rng, TAIL_ALPHA)), LARGEST_BYTES)
    return min(int(math.exp(BODY_MU + BODY_SIGMA * normal(rng))), TAIL_BYTES)


def time_of_day(rng):
    """Seconds into the day, by the hourly curve with straight lines between the hours' middles."""
    while True:
        hour = rng.random() * 24
        left = math.floor(hour - 0.5)
        part = hour - 0.5 - left
        level = HOUR_SHARE[left % 24] * (1 - part) + HOUR_SHARE[(left + 1) % 24] * part
        if rng.random() * max(HOUR_SHARE) < level:
            return hour * 3600


def client_name(rank):
    # 198.18.0.0/15 is set aside for benchmarks (RFC 2544), 2001:db8::/32 for examples (RFC 3849).
    scattered = rank * 40503 % 65536
    if rank % 5 == 4:
        return "2001:db8:%x::%x" % (scattered, rank % 7 + 1)
    return "198.%d.%d.%d" % (18 + rank % 2, scattered >> 8, scattered & 255)


class Day:
    def __init__(self):
        self.rng = random.Random(SEED)
        self.pages, self.objects = Zipf(PAGES, DOCUMENT_ALPHA), Zipf(OBJECTS, DOCUMENT_ALPHA)
        self.clients = Zipf(CLIENTS, CLIENT_ALPHA)
        self.page_bytes = [file_size(self.rng) for _ in range(PAGES)]
        self.object_bytes = [file_size(self.rng) for _ in range(OBJECTS)]
        self.lines = []

    def add(self, at, client, method, url, status, size, referer, agent):
        if at >= 86400:
            return  # the visit goes on after midnight
        if FAIL_FROM <= at < FAIL_TO and self.rng.random() < FAIL_SHARE:
            status, size = 503, 312
        second = int(at)
        stamp = "%s:%02d:%02d:%02d +0000" % (DATE, second // 3600, second // 60 % 60, second % 60)
        self.lines.append(
            (
                at,
                '%s - - [%s] "%s %s HTTP/1.1" %d %s "%s" "%s"\n'
                % (client, stamp, method, url, status, size or "-", referer, agent),
            )
        )

    def get(self, at, client, url, size, referer, agent):
        luck = self.rng.random()
        status = 200
        for code, share in (
            (304, NOT_MODIFIED),
            (302, FOUND),
            (404, NOT_FOUND),
            (500, BACKGROUND_ERRORS),
        ):
            if luck < share:
                status, size = code, {304: 0, 302: 154, 404: 196, 500: 312}[code]
                break
            luck -= share
        self.add(at, client, "GET", url, status, size, referer, agent)

    def visit(self):
        rng = self.rng
        at = time_of_day(rng)
        client = client_name(self.clients.draw(rng))
        agent = AGENTS[int(rng.random() * len(AGENTS))]
        referer = "-"
        for _ in range(max(1, round(inverse_gaussian(rng, VISIT_MU, VISIT_LAMBDA)))):
            page = self.pages.draw(rng)
            url = "/items/%d" % page
            if rng.random() < WRITES:
                method, status = (("PUT", 204), ("POST", 201), ("DELETE", 204))[
                    int(rng.random() * 3)
                ]
                self.add(at, client, method, url, status, 0, referer, agent)
            else:
                self.get(at, client, url, self.page_bytes[page], referer, agent)
                referer = "https://shop.example" + url
                for _ in range(min(int(pareto(rng, EMBEDDED_ALPHA)), 50)):
                    item = self.objects.draw(rng)
                    self.get(
                        at + rng.random() * 2,
                        client,
                        "/static/%d.jpg" % item,
                        self.object_bytes[item],
                        referer,
                        agent,
                    )
            at += min(pareto(rng, THINK_ALPHA), THINK_MAX_S)

    def misbehave(self):
        rng = self.rng
        for i in range(4_800):  # walks the catalogue, two a second, 03:30 to 04:10
            self.get(
                12_600 + i / 2,
                SCRAPER,
                "/items/%d" % (i % PAGES),
                self.page_bytes[i % PAGES],
                "-",
                "catalogue-walker/0.3",
            )
        for i in range(3_000):  # tries passwords, five a second, 20:15 to 20:25
            self.add(72_900 + i / 5, GUESSER, "POST", "/login", 401, 58, "-", "curl/8.5.0")
        for burst in range(12):  # a script without a sleep, 100 requests in 4 s every two hours
            for i in range(100):
                self.get(
                    burst * 7200 + 1800 + rng.random() * 4,
                    HAMMER,
                    "/items/0",
                    self.page_bytes[0],
                    "-",
                    "python-requests/2.32",
                )

    def write(self, path):
        self.misbehave()
        while len(self.lines) < REQUESTS:
            self.visit()
        day = sorted(self.lines[:REQUESTS], key=lambda line: line[0])  # stable
        with open(path, "wb") as raw:
            with gzip.GzipFile(
                filename="", fileobj=raw, mode="wb", compresslevel=9, mtime=0
            ) as out:
                out.write("".join(line for _, line in day).encode("ascii"))


if __name__ == "__main__":
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "day.log.gz")
    Day().write(sys.argv[1] if len(sys.argv) > 1 else beside)
