// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace og::cli {

/*
 * A log that is grown stands for many sources of the same traffic.
 *
 * Copying takes `growth` times each slice: all sources do the same thing at the same time, so that
 * the noise grows as the level does. The copies are spread over `spread` slices, a minute.
 * Superposition takes them for independent: the level grows `growth` times, and the noise about it
 * by the square root of that. The level is the mean of the slices within `reach` before and after,
 * of those that there are.
 *
 *   grown = growth * (level + (slice - level) / sqrt(growth)), at least 0
 *
 * Real traffic lies between the two: a surge that all sources share is one that superposition
 * flattens, and what only one client did is what copying multiplies.
 *
 * kLevelReachS is measured: of NASA's log of 1 August 1995, a tenth of the clients grown ten times
 * is to vary as all of them do. It does so from one minute to the next at any reach (within 2 %),
 * and about the hour's level at 15 minutes (7 % more; 47 % more at 5 minutes, 7 % less at 30).
 * Copied it varies three times as much. A tenth of the requests is no such test: each client's
 * bursts are torn apart. How often a threshold is passed differs by more, as the slow course of so
 * few clients is their own: above twice the mean are 10.6 % of the minutes, of all clients 8.4 %.
 */
constexpr int64_t kLevelReachS = 900;

std::vector<double> superposed(const std::vector<double>& slices, double growth, std::size_t reach);
std::vector<double> copied(const std::vector<double>& slices, double growth, std::size_t spread);

}  // namespace og::cli
