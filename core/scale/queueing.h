// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og {

// What queueing theory says of `servers` that serve one queue. `load` is what is offered, in
// erlangs: how many servers it keeps busy, arrivals times the time that one takes. Arrivals are
// Poisson's, service times exponential: real ones that vary less wait less.

// Erlang's formula B: the share that is refused where nobody waits. By the recurrence B(0) = 1,
// B(k) = a B(k-1) / (k + a B(k-1)): no factorials, each step loses no digit (Cooper, Introduction
// to Queueing Theory, 1981).
double erlang_b(int64_t servers, double load);

// Erlang's formula C: the share that has to wait, c B / (c - a (1 - B)). 1 where the load is not
// below the servers: the queue then grows without end.
double erlang_c(int64_t servers, double load);

// The share that waits longer than `wait`, in service times: C exp(-(c - a) wait).
double waits_longer(int64_t servers, double load, double wait);

// The fewest servers of which no more than `share` (above 0, below 1) waits longer than `wait`.
int64_t servers_for(double load, double wait, double share);

// Halfin and Whitt's square-root rule (1981): load + beta sqrt(load) servers, where so many are
// asked for that the share of those who wait longer is, in the limit of many servers,
// exp(-beta sqrt(load) wait) / (1 + beta Phi(beta) / phi(beta)). This is that beta.
double square_root_beta(double load, double wait, double share);
int64_t square_root_servers(double load, double wait, double share);

// 1 / (1 + beta Phi(beta) / phi(beta)): the share that has to wait, in that limit.
double halfin_whitt(double beta);

// More is refused by who asks: the recurrence takes as many steps as there are servers.
inline constexpr double kHighestLoad = 1e6;

}  // namespace og
