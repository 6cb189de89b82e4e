// SPDX-License-Identifier: Apache-2.0
#include "core/scale/queueing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace og {
namespace {

double next_b(double b, double load, double servers) { return load * b / (servers + load * b); }

double c_of_b(double b, double load, double servers) {
  return load < servers ? servers * b / (servers - load * (1 - b)) : 1;
}

double later(double waiting, double load, double servers, double wait) {
  return load < servers ? waiting * std::exp(-(servers - load) * wait) : 1;
}

}  // namespace

double erlang_b(int64_t servers, double load) {
  double b = 1;
  for (int64_t k = 1; k <= servers; ++k) b = next_b(b, load, static_cast<double>(k));
  return b;
}

double erlang_c(int64_t servers, double load) {
  const auto c = static_cast<double>(servers);
  return load < c ? c_of_b(erlang_b(servers, load), load, c) : 1;
}

double waits_longer(int64_t servers, double load, double wait) {
  return later(erlang_c(servers, load), load, static_cast<double>(servers), wait);
}

int64_t servers_for(double load, double wait, double share) {
  double b = 1;
  for (int64_t k = 1;; ++k) {
    const auto c = static_cast<double>(k);
    b = next_b(b, load, c);
    if (load < c && later(c_of_b(b, load, c), load, c, wait) <= share) return k;
  }
}

double halfin_whitt(double beta) {
  const double density = std::exp(-beta * beta / 2) / std::sqrt(2 * std::numbers::pi);
  const double below = std::erfc(-beta / std::numbers::sqrt2) / 2;
  return density / (density + beta * below);
}

double square_root_beta(double load, double wait, double share) {
  double low = 0, high = 40;  // at 40 a wait is rarer than a double can say
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    const double reached = halfin_whitt(middle) * std::exp(-middle * std::sqrt(load) * wait);
    (reached > share ? low : high) = middle;
  }
  return high;
}

int64_t square_root_servers(double load, double wait, double share) {
  const double servers = load + square_root_beta(load, wait, share) * std::sqrt(load);
  return std::max<int64_t>(static_cast<int64_t>(std::ceil(servers)), 1);
}

}  // namespace og
