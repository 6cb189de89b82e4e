// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace og {

// What INFO tells of a Redis or Valkey server. What it did not tell is empty.
struct ServerFacts {
  static ServerFacts parse(std::string_view info);

  // Whether both are the same server, and it has not been started anew in between.
  bool is_same(const ServerFacts& other) const {
    return run_id == other.run_id && replication_id == other.replication_id;
  }
  // Why it cannot keep limits at present, or empty: it is a replica, or still loads its data.
  std::string why_not() const;
  // The policy by which it may drop limits, where it may; else empty.
  std::string eviction_of_limits() const;
  // What an operator should change of it: a sentence; empty: nothing.
  static std::string advice_on_eviction(std::string_view policy);

  std::string product;  // redis or valkey
  std::string version;
  std::string role;            // master or slave
  std::string run_id;          // another one after each start
  std::string replication_id;  // another one after a failover
  std::string eviction;        // maxmemory_policy
  std::string memory_limit;    // maxmemory, in bytes; 0: none
  bool is_loading = false;
};

}  // namespace og
