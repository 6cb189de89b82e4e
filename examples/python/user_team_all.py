# SPDX-License-Identifier: Apache-2.0
"""A request passes the limits of its user, its team and of all, or takes from none of them. A user has a rate for the
second and one for the day."""

import outgrow

clock = outgrow.Clock.manual()  # a service leaves it out
users = outgrow.RateLimiter("2/s, 6/d", name="users", clock=clock)
teams = outgrow.RateLimiter("5/s", name="teams", clock=clock)
everyone = outgrow.RateLimiter("100/s", name="everyone", clock=clock)


def ask(user: str, team: str) -> None:
    limits = (users, user), (teams, team), (everyone, "")
    said = outgrow.try_acquire_all(*limits)
    if said.which is None:
        print(f"{user} of {team}: passed")
        return
    limiter, key = limits[said.which]
    band = limiter.band(key) or 0
    print(f"{user} of {team}: {limiter.band_refusal(band, said.retry_after)}")


for name in ("ann", "ann", "ann", "bob", "bob", "cid", "cid"):
    ask(name, "red")
print(f"ann has {users.standing('ann').remaining} left now, cid {users.standing('cid').remaining}")
for _ in range(2):
    clock.advance(1)
    for _ in range(2):
        ask("ann", "red")
clock.advance(1)
ask("ann", "red")
print(f"{everyone.stats['allowed']} passed")
