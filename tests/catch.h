// SPDX-License-Identifier: Apache-2.0
#pragma once

// Catch2 version 2 or 3, whichever the distribution has.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

#include <cstdio>
#include <filesystem>
#include <string>

// The path of a real trace beside the clone, or empty: then say so and leave the test.
//   auto path = shared_data("cache/web07.trace.xz");
//   if (path.empty()) return;
inline std::string shared_data(const std::string& name) {
  std::string path = std::string(OUTGROW_SHARED_DATA) + "/" + name;
  if (std::filesystem::exists(path)) return path;
  std::printf("SKIPPED: %s is not beside this clone\n", name.c_str());
  return {};
}
