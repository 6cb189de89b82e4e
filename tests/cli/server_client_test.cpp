// SPDX-License-Identifier: Apache-2.0
// What redis-cli prints for a terminal, read back.
#include "bindings/cli/fleet/server_client.h"

#include "tests/catch.h"

namespace og::cli {
namespace {

TEST_CASE("what redis-cli prints is read as the reply that it was") {
  CHECK(*resp_of("(integer) 5\n", false) == ":5\r\n");
  CHECK(*resp_of("OK\n", false) == "+OK\r\n");
  CHECK(*resp_of("(nil)\n", false) == "$-1\r\n");
  CHECK(*resp_of("\"text\"\n", false) == "$4\r\ntext\r\n");
  CHECK(*resp_of("(error) NOSCRIPT No matching script.\n", false) ==
        "-NOSCRIPT No matching script.\r\n");
  CHECK(*resp_of("(empty array)\n", false) == "*0\r\n");
  CHECK(*resp_of("1) (integer) 5\n2) (integer) -1\n", false) == "*2\r\n:5\r\n:-1\r\n");
}

TEST_CASE("more than nine elements are aligned by redis-cli") {
  std::string printed, expected = "*10\r\n";
  for (int i = 1; i <= 10; ++i) {
    printed += (i < 10 ? " " : "") + std::to_string(i) + ") (integer) " + std::to_string(i) + "\n";
    expected += ":" + std::to_string(i) + "\r\n";
  }
  CHECK(*resp_of(printed, false) == expected);
}

TEST_CASE("what INFO tells is text as it is, and a refusal of it is none") {
  CHECK(*resp_of("# Server\r\nrole:master\r\n", true) == "$23\r\n# Server\r\nrole:master\r\n\r\n");
  CHECK(*resp_of("(error) NOPERM no\n", true) == "-NOPERM no\r\n");
}

TEST_CASE("what is no reply is refused") {
  CHECK(!resp_of("", false));
  CHECK(!resp_of("1) (integer) 5\n3) (integer) 4\n", false));
  CHECK(!resp_of("1) (integer) 5\nwhat\n", false));
}

TEST_CASE("a batch of commands is read") {
  const auto batch =
      batch_of(":17\r\n*1\r\n$4\r\nINFO\r\n*2\r\n$4\r\nEVAL\r\n$6\r\na\r\nb\r\n\r\n");
  REQUIRE(batch);
  CHECK(batch->first == 17);
  REQUIRE(batch->commands.size() == 2);
  CHECK(batch->commands[0] == std::vector<std::string>{"INFO"});
  CHECK(batch->commands[1] == std::vector<std::string>{"EVAL", "a\r\nb\r\n"});
  CHECK(batch_of("")->commands.empty());
}

TEST_CASE("a batch that is cut off is refused") {
  const std::string whole = ":17\r\n*1\r\n$4\r\nINFO\r\n";
  REQUIRE(batch_of(whole));
  for (std::size_t end = 6; end < whole.size(); ++end) CHECK(!batch_of(whole.substr(0, end)));
}

}  // namespace
}  // namespace og::cli
