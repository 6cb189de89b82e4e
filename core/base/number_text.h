// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace og {

// The shortest text that reads back as the same number: "0.1", "1e+22", "nan".
std::string shortest_number(double number);

// The same, but without an exponent where people write none: from 1e-6 to below 1e16.
std::string plain_number(double number);

}  // namespace og
