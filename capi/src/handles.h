// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every handle holds a shared pointer, so that nouns keep what they were made from alive and hosts
// may destroy handles in any order. Nouns define theirs beside their shims; these are shared.
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/options.h"
#include "core/base/status.h"
#include "outgrow/base.h"

struct og_error {
  og::Error error;
};
struct og_text {
  std::string text;
};
struct og_config {
  og::Config config;
};
struct og_clock {
  std::shared_ptr<og::Clock> clock;
};
