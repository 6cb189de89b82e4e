// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <queue>
#include <random>
#include <vector>

#include "core/scale/queueing.h"
#include "tests/catch.h"

namespace og {
namespace {

// By the definition, with logarithms of factorials: no recurrence.
double blocked_by_definition(int servers, double load) {
  double sum = 0;
  for (int k = 0; k <= servers; ++k) {
    sum += std::exp((k - servers) * std::log(load) - std::lgamma(k + 1) + std::lgamma(servers + 1));
  }
  return 1 / sum;
}

}  // namespace

// The table of traffic by which trunks are dimensioned: erlangs that so many servers carry, of
// which 1 % (and 5 %) are refused.
TEST_CASE("Erlang B is its table's", "[capacity]") {
  const struct {
    int servers;
    double at_1, at_5;
  } kTable[] = {{1, 0.0101, 0.0526}, {2, 0.1526, 0.3813}, {5, 1.361, 2.219},  {10, 4.461, 6.216},
                {20, 12.03, 15.25},  {50, 37.90, 44.53},  {100, 84.06, 95.24}};
  for (const auto& row : kTable) {
    INFO(row.servers);
    CHECK(erlang_b(row.servers, row.at_1) == Approx(0.01).epsilon(5e-3));
    CHECK(erlang_b(row.servers, row.at_5) == Approx(0.05).epsilon(5e-3));
  }
  CHECK(erlang_b(10, 10) == Approx(0.214582).margin(5e-7));
  CHECK(erlang_b(0, 3) == 1);
  for (const int servers : {1, 3, 17, 100, 170, 400}) {  // 171! is beyond a double
    for (const double load : {0.1, 1.0, 7.5, 90.0, 300.0}) {
      CHECK(erlang_b(servers, load) ==
            Approx(blocked_by_definition(servers, load)).epsilon(1e-9).margin(1e-300));
    }
  }
}

TEST_CASE("Erlang C is its table's", "[capacity]") {
  CHECK(erlang_c(3, 2) == Approx(4.0 / 9));  // M/M/3: Kleinrock
  CHECK(erlang_c(1, 0.3) == Approx(0.3));    // M/M/1: rho
  CHECK(erlang_c(12, 10) == Approx(0.449388).margin(5e-7));
  CHECK(erlang_c(110, 100) == Approx(0.237008).margin(5e-7));
  CHECK(erlang_c(10, 10) == 1);
  CHECK(erlang_c(10, 11) == 1);
  // M/M/1: P(W > t) = rho exp(-(mu - lambda) t).
  CHECK(waits_longer(1, 0.5, 2) == Approx(0.5 * std::exp(-1.0)));
  CHECK(waits_longer(3, 4, 100) == 1);
}

TEST_CASE("the fewest servers of which a fifth wait", "[capacity]") {
  CHECK(servers_for(1, 0, 0.2) == 3);
  CHECK(servers_for(10, 0, 0.2) == 14);
  CHECK(servers_for(100, 0, 0.2) == 111);
  CHECK(servers_for(1000, 0, 0.2) == 1034);
  CHECK(servers_for(0, 0, 0.2) == 1);
  for (const double load : {0.5, 3.0, 40.0, 900.0}) {
    for (const double wait : {0.0, 0.3, 5.0}) {
      for (const double share : {0.5, 0.05, 1e-6}) {
        const int64_t found = servers_for(load, wait, share);
        CHECK(waits_longer(found, load, wait) <= share);
        if (found > 1) CHECK(waits_longer(found - 1, load, wait) > share);
      }
    }
  }
}

// Halfin and Whitt's function, and that their rule is the exact count or next to it.
TEST_CASE("square-root staffing", "[capacity]") {
  CHECK(halfin_whitt(1) == Approx(0.2234).margin(5e-5));
  CHECK(halfin_whitt(0.5) == Approx(0.5045).margin(5e-5));
  CHECK(halfin_whitt(0) == 1);
  CHECK(square_root_beta(100, 0, halfin_whitt(1)) == Approx(1));
  for (const double load : {10.0, 100.0, 1000.0, 1e5}) {
    for (const double share : {0.5, 0.2, 0.05, 0.01}) {
      for (const double wait : {0.0, 0.05}) {
        const auto exact = static_cast<double>(servers_for(load, wait, share));
        CHECK(std::abs(static_cast<double>(square_root_servers(load, wait, share)) - exact) <= 1);
      }
    }
  }
  CHECK(square_root_servers(0, 0, 0.2) == 1);
}

// What the formulas say of a queue is what a queue does.
TEST_CASE("a queue that is run waits as Erlang says", "[capacity]") {
  constexpr int kServers = 5, kRequests = 400'000;
  constexpr double kLoad = 4, kWait = 0.4;
  std::mt19937_64 random(11);
  std::exponential_distribution<double> gap(kLoad), work(1);
  std::priority_queue<double, std::vector<double>, std::greater<>> free;
  for (int i = 0; i < kServers; ++i) free.push(0);
  double now = 0;
  int waited = 0, long_waited = 0;
  for (int i = 0; i < kRequests; ++i) {
    now += gap(random);
    const double begun = std::max(now, free.top());
    free.pop();
    free.push(begun + work(random));
    waited += begun > now;
    long_waited += begun - now > kWait;
  }
  CHECK(double(waited) / kRequests == Approx(erlang_c(kServers, kLoad)).margin(0.015));
  CHECK(double(long_waited) / kRequests ==
        Approx(waits_longer(kServers, kLoad, kWait)).margin(0.015));
}

}  // namespace og
