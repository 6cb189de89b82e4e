// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og {

// By how many standard errors an estimate may be off, either way, with this probability (0 to below
// 1), where its error was itself estimated with so many degrees of freedom (1 or more): Student's
// t.
double student_t(double probability, int64_t degrees);

}  // namespace og
