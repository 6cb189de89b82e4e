// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace og::cli {

/*
 * A log that is grown stands for many sources of the same traffic.
 *
 * Copying takes `growth` times each slice: all sources do the same thing at the same moment, so
 * that the noise grows as the level does. Superposition takes them for independent: the level grows
 * `growth` times, and the noise about it by the square root of that. The level is the mean of the
 * slices within `reach` before and after, of those that there are.
 *
 *   grown = growth * (level + (slice - level) / sqrt(growth)), at least 0
 *
 * Real traffic lies between the two: a surge that all sources share is one that superposition
 * flattens, and what only one client did is what copying multiplies.
 */
std::vector<double> superposed(const std::vector<double>& slices, double growth, std::size_t reach);
std::vector<double> copied(const std::vector<double>& slices, double growth);

}  // namespace og::cli
