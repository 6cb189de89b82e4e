// SPDX-License-Identifier: Apache-2.0
// What changes of a set cost, counted in the endpoints that are gone over for them.
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "core/balance/name_index.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kMany = 20'000;

std::shared_ptr<EndpointSet> set_of(int capacity) {
  Config config;
  config.set_int("max_endpoints", capacity);
  return std::move(*EndpointSet::create(config));
}

struct Onlooker : EndpointSet::Watcher {
  size_t seen = 0;
  void prepare(Draft& draft) override { seen = draft.members().size(); }
  void commit() noexcept override {}
};

}  // namespace

TEST_CASE("endpoints: filling, changing and emptying a set goes over no endpoint but the changed") {
  auto set = set_of(kMany);
  for (int i = 0; i < kMany; ++i) REQUIRE(set->add("server-" + std::to_string(i), 1, "") == i);
  for (int i = 0; i < kMany; ++i) REQUIRE(set->set_weight(i, 2));
  for (int i = 0; i < kMany; ++i) REQUIRE(set->set_healthy(i, false));
  CHECK(set->find("server-12345") == 12345);
  CHECK(set->visits() == 0);

  for (int i = kMany - 1; i >= 0; --i) REQUIRE(set->remove(i));
  CHECK(set->count() == 0);
  for (int i = 0; i < kMany; ++i) REQUIRE(set->put("server-" + std::to_string(i), 1, "") == i);
  CHECK(set->visits() == 0);
}

TEST_CASE("endpoints: an index for another name is the longest removed's, found at once") {
  auto set = set_of(kMany);
  for (int i = 0; i < kMany; ++i) REQUIRE(set->add("old-" + std::to_string(i), 1, ""));
  for (int i = kMany - 1; i >= 0; --i) REQUIRE(set->remove(i));
  for (int i = 0; i < kMany; ++i) {
    REQUIRE(set->add("new-" + std::to_string(i), 1, "") == kMany - 1 - i);
  }
  CHECK(set->visits() == kMany);
  CHECK(set->find("old-7") == static_cast<int32_t>(Status::kNone));
  CHECK(set->find("new-7") == kMany - 8);
}

TEST_CASE("endpoints: each plan is drawn from the whole set, once a change") {
  auto set = set_of(8);
  REQUIRE(set->add("a", 1, ""));
  REQUIRE(set->add("b", 1, ""));
  Onlooker first, second;
  set->watch(&first);
  set->watch(&second);
  CHECK(set->visits() == 4);
  REQUIRE(set->add("c", 1, ""));
  CHECK(first.seen == 3);
  CHECK(second.seen == 3);
  CHECK(set->visits() == 6);  // the two that are there, for both
  REQUIRE(set->remove(0));
  CHECK(first.seen == 2);
  set->unwatch(&first);
  set->unwatch(&second);
}

TEST_CASE("endpoints: names of one hash are told from each other, and by whom they are had") {
  NameIndex names(4);
  names.put(names.make("a", 1));
  names.put(names.make("a", 2));  // as a damaged segment may have it
  CHECK(names.find("a", [](int32_t index) { return index == 2; }) == 2);
  CHECK(names.find("a", [](int32_t) { return false; }) == NameIndex::kNone);
  CHECK(names.find("b", [](int32_t) { return true; }) == NameIndex::kNone);
  names.remove("a", 3);
  names.remove("a", 2);
  CHECK(names.find("a", [](int32_t) { return true; }) == 1);
}

}  // namespace og
