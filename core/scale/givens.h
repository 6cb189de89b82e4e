// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace og {

// Linear least squares of three unknowns, a row at a time: Givens rotations keep the triangle R of
// the rows' QR factorization and what of the right side belongs to it (Golub and Van Loan, Matrix
// Computations, 5.2). The rows are never multiplied with one another: normal equations would square
// their condition, and those of the scalability law are nearly collinear. It allocates nothing.
class Givens {
 public:
  static constexpr std::size_t kUnknowns = 3;
  using Row = std::array<double, kUnknowns>;

  void add(Row row, double right) {
    for (std::size_t i = 0; i < kUnknowns; ++i) {
      if (row[i] == 0) continue;
      const double length = length_of(triangle_[i][i], row[i]);
      const double cosine = triangle_[i][i] / length, sine = row[i] / length;
      for (std::size_t k = i; k < kUnknowns; ++k) rotate(triangle_[i][k], row[k], cosine, sine);
      rotate(right_[i], right, cosine, sine);
    }
  }

  // An unknown that no row tells apart from those before it is 0.
  Row solve() const {
    Row found{};
    for (std::size_t i = kUnknowns; i-- > 0;) {
      double rest = right_[i];
      for (std::size_t k = i + 1; k < kUnknowns; ++k) rest -= triangle_[i][k] * found[k];
      found[i] = triangle_[i][i] == 0 ? 0 : rest / triangle_[i][i];
    }
    return found;
  }

  // The inverse of R: the unknowns' covariance is it times its transpose, times the variance of an
  // observation. An entry is not finite where an unknown is not determined.
  std::array<Row, kUnknowns> inverse() const {
    std::array<Row, kUnknowns> made{};
    for (std::size_t column = 0; column < kUnknowns; ++column) {
      for (std::size_t i = column + 1; i-- > 0;) {
        double rest = i == column ? 1 : 0;
        for (std::size_t k = i + 1; k <= column; ++k) rest -= triangle_[i][k] * made[k][column];
        made[i][column] = rest / triangle_[i][i];
      }
    }
    return made;
  }

 private:
  // hypot, of which the newest name wants a C library of 2022. One of them is not 0.
  static double length_of(double a, double b) {
    const double most = std::max(std::fabs(a), std::fabs(b));
    const double share = std::min(std::fabs(a), std::fabs(b)) / most;
    return most * std::sqrt(1 + share * share);
  }
  static void rotate(double& upper, double& lower, double cosine, double sine) {
    const double before = upper;
    upper = cosine * before + sine * lower;
    lower = cosine * lower - sine * before;
  }

  std::array<Row, kUnknowns> triangle_{};
  Row right_{};
};

}  // namespace og
