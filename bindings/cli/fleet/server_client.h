// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// redis-cli or valkey-cli, as a user has them: run once for each command.
class ServerClient {
 public:
  // words: the client and the options that reach the server.
  explicit ServerClient(std::vector<std::string> words) : words_(std::move(words)) {}

  // What the server answered, in RESP. A failure where the client had no answer; what it says of
  // that is on standard error.
  Result<std::string> run(const std::vector<std::string>& command) const;

 private:
  const std::vector<std::string> words_;
};

// What the client prints of a reply for a terminal ("1) (integer) 5"), in RESP. INFO's is text as
// it is.
Result<std::string> resp_of(std::string_view printed, bool is_info);

// The commands of a batch, from RESP; as og_fleet_take gives them.
struct Batch {
  int64_t first = 0;
  std::vector<std::vector<std::string>> commands;
};
Result<Batch> batch_of(std::string_view text);

}  // namespace og::cli
