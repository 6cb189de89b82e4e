// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <outgrow.hpp>

#include "tests/catch.h"

// The Error that the function throws; the test fails when it throws none.
template <class Function>
outgrow::Error error_of(Function&& function) {
  try {
    function();
  } catch (const outgrow::Error& error) {
    return error;
  }
  FAIL("no outgrow::Error was thrown");
  return {outgrow::Status::ok, ""};
}

template <class Function>
outgrow::Status status_of(Function&& function) {
  return error_of(std::forward<Function>(function)).status();
}
