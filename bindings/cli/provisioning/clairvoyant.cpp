// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/clairvoyant.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace og::cli {

int64_t instances_for(double load) {
  // Not rounded up for the last bit of a load that growth made a whole number.
  return static_cast<int64_t>(std::clamp(std::ceil(load * (1 - 1e-9)), 1.0, 1e15));
}

std::vector<int64_t> clairvoyant(const std::vector<double>& loads, std::size_t lead) {
  std::vector<int64_t> paid(loads.size());
  // From the last slice back: those of the next `lead` that no earlier one outdoes, least first.
  std::deque<std::size_t> ahead;
  for (std::size_t i = loads.size(); i-- > 0;) {
    while (!ahead.empty() && loads[ahead.front()] <= loads[i]) ahead.pop_front();
    ahead.push_front(i);
    while (ahead.back() - i > lead) ahead.pop_back();
    paid[i] = instances_for(loads[ahead.back()]);
  }
  return paid;
}

}  // namespace og::cli
