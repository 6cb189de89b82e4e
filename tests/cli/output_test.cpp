// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "bindings/cli/failure.h"
#include "bindings/cli/output/json.h"
#include "bindings/cli/output/text.h"
#include "tests/catch.h"

using og::cli::one_line;
using og::cli::Summary;

namespace {

Summary odd_summary() {
  Summary summary;
  summary.requests = 3;
  summary.limiter.worst.push_back({"\x1b[31m\xff\x7f\xc2\x9b", 2});
  summary.balancer.picks.push_back({"a\xe9", 3});
  summary.balancer.weights.push_back(1);
  summary.logs.push_back("\x9b.log");
  summary.left_out.warnings.push_back("\x9b.log: gzip data cut off after line 3");
  summary.balancer.imbalance = NAN;
  summary.autoscaler.growth = INFINITY;
  summary.autoscaler.ways.ours.instance_hours = -INFINITY;
  summary.autoscaler.ways.fixed.overloaded_minutes = NAN;
  summary.elapsed_seconds = 1;
  return summary;
}

bool is_plain_ascii(const std::string& text) {
  for (const char c : text) {
    if (c != '\n' && (c < 0x20 || c > 0x7e)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("figures that are not finite are null in JSON and a dash in text") {
  const std::string json = og::cli::to_json(odd_summary());
  for (const char* key : {"imbalance", "growth", "instance_hours", "overloaded_minutes"}) {
    INFO(key);
    CHECK(json.find("\"" + std::string(key) + "\": null") != std::string::npos);
  }
  CHECK(og::cli::to_report_data(odd_summary()).find("\"imbalance\":null") != std::string::npos);
  const std::string text = og::cli::to_text(odd_summary());
  CHECK(text.find("the busiest at - times its fair share") != std::string::npos);
  for (const char* word : {"nan", "inf "}) CHECK(text.find(word) == std::string::npos);
}

TEST_CASE("no output holds a control character or a byte that is not UTF-8") {
  CHECK(is_plain_ascii(og::cli::to_json(odd_summary())));
  CHECK(is_plain_ascii(og::cli::to_text(odd_summary())));
  CHECK(is_plain_ascii(og::cli::to_report_data(odd_summary())));
  CHECK(og::cli::to_json(odd_summary()).find(R"("\u001b[31m\ufffd\u007f\u009b")") !=
        std::string::npos);
}

TEST_CASE("a line for the terminal keeps its letters") {
  CHECK(one_line("Gr\xc3\xb6\xc3\x9f\x65 \xe2\x82\xac") == "Gr\xc3\xb6\xc3\x9f\x65 \xe2\x82\xac");
  CHECK(one_line("\x1b[1m\n\x7f\xc2\x9b\x9b\xc3") == R"(\x1b[1m\x0a\x7f\xc2\x9b\x9b\xc3)");
}
