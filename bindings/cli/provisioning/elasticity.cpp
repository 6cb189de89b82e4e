// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/elasticity.h"

#include <algorithm>

namespace og::cli {
namespace {

int direction(int64_t from, int64_t to) { return to > from ? 1 : to < from ? -1 : 0; }

double percent(double part, int64_t whole) {
  return whole > 0 ? 100 * part / static_cast<double>(whole) : 0;
}

}  // namespace

void Elasticity::add(int64_t demand, int64_t supply) {
  demand = std::max<int64_t>(1, demand);
  const double off = static_cast<double>(supply - demand) / static_cast<double>(demand);
  if (off < 0) {
    under_ -= off;
    ++slices_under_;
  } else if (off > 0) {
    over_ += off;
    ++slices_over_;
  }
  if (slices_ > 0) {
    const int moved = direction(supply_, supply);
    if (moved != direction(demand_, demand)) ++apart_;
    if (moved != 0) {
      ++changes_;
      if (moved == -last_direction_) ++reversals_;
      last_direction_ = moved;
    }
  }
  demand_ = demand;
  supply_ = supply;
  ++slices_;
}

ElasticityFigures Elasticity::figures() const {
  return {percent(under_, slices_),
          percent(over_, slices_),
          percent(static_cast<double>(slices_under_), slices_),
          percent(static_cast<double>(slices_over_), slices_),
          percent(static_cast<double>(apart_), slices_ - 1),
          changes_,
          reversals_};
}

}  // namespace og::cli
