// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace og::cli {

// The least whole number of instances, at least 1, that serve the load.
int64_t instances_for(double load);

/*
 * What is paid for in each slice by one who knows the load to come: the least number of instances
 * by which no slice is ever overloaded. An instance is paid for from its order on and serves `lead`
 * slices later, so that in each slice those are paid for that any of it and the next `lead` need.
 * No rule that keeps every slice from overload can cost less. The first slices' are there already.
 */
std::vector<int64_t> clairvoyant(const std::vector<double>& loads, std::size_t lead);

}  // namespace og::cli
